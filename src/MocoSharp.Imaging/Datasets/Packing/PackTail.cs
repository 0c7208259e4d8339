using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>What follows the pictures in a packed file, and the header that makes it one.</summary>
internal static class PackTail
{
    /// <summary>Writes index, names and description, brings all to the disk, and writes the header last: without it the file is
    /// none.</summary>
    /// <returns>The file's length.</returns>
    internal static long Write(SafeFileHandle data, PackJournal journal, IImageSource[] sources, PackOptions options)
    {
        List<PackRecord> pictures = [.. journal.Records.Where(record => !record.IsLeftOut)];
        using MemoryStream names = new();
        byte[] tail = new byte[(long)pictures.Count * (PackEntry.Size + sizeof(ulong))];
        Span<PackEntry> index = MemoryMarshal.Cast<byte, PackEntry>(tail.AsSpan(0, pictures.Count * PackEntry.Size));
        Span<ulong> ends = MemoryMarshal.Cast<byte, ulong>(tail.AsSpan(pictures.Count * PackEntry.Size));
        for (int i = 0; i < pictures.Count; i++)
        {
            names.Write(Encoding.UTF8.GetBytes(pictures[i].Name));
            (index[i], ends[i]) = (pictures[i].Entry, (ulong)names.Length);
        }
        PackDescription description = new(
            [.. sources.Select((source, split) =>
            new PackSplit(split == 0 ? "train" : "test", pictures.Count(picture => picture.Split == split), source.Classes))
                .Where(split => split.Count > 0)],
            options.Format == PackFormat.Raw ? "raw" : "jpeg", options.Size, options.Format == PackFormat.Raw ? 0 : options.Quality);
        tail = [.. tail, .. names.ToArray(), .. description.Bytes()];
        PackHeader header = new()
        {
            Magic = PackHeader.Name,
            Version = PackHeader.CurrentVersion,
            Count = (ulong)pictures.Count,
            IndexAt = (ulong)journal.DataEnd,
            NamesAt = (ulong)(journal.DataEnd + (long)pictures.Count * PackEntry.Size),
            DescriptionAt = (ulong)(journal.DataEnd + (long)pictures.Count * (PackEntry.Size + sizeof(ulong)) + names.Length),
            Length = (ulong)(journal.DataEnd + tail.LongLength),
            TailChecksum = Checksum.Of(tail),
        };
        header.HeaderChecksum = header.OwnChecksum();
        RandomAccess.Write(data, tail, journal.DataEnd);
        RandomAccess.SetLength(data, (long)header.Length);
        RandomAccess.FlushToDisk(data);
        RandomAccess.Write(data, header.Bytes(), 0);
        RandomAccess.FlushToDisk(data);
        return (long)header.Length;
    }
}
