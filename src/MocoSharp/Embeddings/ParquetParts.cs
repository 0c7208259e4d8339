using System.Buffers.Binary;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace MocoSharp.Embeddings;

/// <summary>Looks through what a Parquet file says of its own parts before they are read: pages that reach beyond their column, or numbers
/// that its pages do not have.</summary>
internal static class ParquetParts
{
    private const int Magic = 4, Foot = 8, MostHead = 1 << 16;
    private const int PageSize = 3, DataPage = 5, SecondDataPage = 8, Values = 1;       // fields of a page's head

    /// <summary>Looks through the file's foot.</summary>
    /// <exception cref="FormatException">It is damaged.</exception>
    internal static void CheckFoot(FileStream file)
    {
        Span<byte> end = stackalloc byte[Foot];
        if (file.Length < Magic + Foot) throw new FormatException("it is too short for one");
        file.Position = file.Length - Foot;
        file.ReadExactly(end);
        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (length < 1 || length > file.Length - Magic - Foot || !end[4..].SequenceEqual("PAR1"u8))
            throw new FormatException("its end is not that of one");
        byte[] foot = new byte[length];
        file.Position = file.Length - Foot - length;
        file.ReadExactly(foot);
        _ = ThriftStruct.At(foot);
        file.Position = 0;
    }

    /// <summary>Looks through a column's pages.</summary>
    /// <returns>How many values they have.</returns>
    /// <exception cref="FormatException">They reach beyond the column, or it beyond the file, or they have other values than the foot
    /// says.</exception>
    internal static int CountValues(FileStream file, ParquetRowGroupReader group, DataField field)
    {
        ColumnMetaData said = group.GetMetadata(field)?.MetaData ?? throw new FormatException($"nothing is said of column '{field.Name}'");
        long begin = said.DictionaryPageOffset is > 0 and { } dictionary ? Math.Min(dictionary, said.DataPageOffset) : said.DataPageOffset;
        if (begin < Magic || said.TotalCompressedSize < 1 || said.TotalCompressedSize > file.Length - begin)
            throw new FormatException($"column '{field.Name}' lies beyond the file");
        long before = file.Position, values = 0;
        byte[] head = new byte[Math.Min(MostHead, said.TotalCompressedSize)];
        for (long at = 0; at < said.TotalCompressedSize;)
        {
            file.Position = begin + at;
            int there = (int)Math.Min(head.Length, said.TotalCompressedSize - at);
            file.ReadExactly(head, 0, there);
            ThriftStruct page = ThriftStruct.At(head.AsSpan(0, there));
            long size = page.Numbers.GetValueOrDefault((PageSize, 0), -1);
            if (size < 0 || size > said.TotalCompressedSize - at - page.Length)
                throw new FormatException($"a page of column '{field.Name}' is longer than the column");
            values += page.Numbers.GetValueOrDefault((DataPage, Values)) + page.Numbers.GetValueOrDefault((SecondDataPage, Values));
            at += page.Length + size;
        }
        file.Position = before;
        return values == said.NumValues && values is >= 0 and <= int.MaxValue ? (int)values
            : throw new FormatException($"column '{field.Name}' is said to have {said.NumValues:N0} values, and its pages have "
                + $"{values:N0}");
    }
}
