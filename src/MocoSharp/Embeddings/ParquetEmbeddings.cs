using Parquet;
using Parquet.Schema;

namespace MocoSharp.Embeddings;

/// <summary>Embeddings as an Apache Parquet file: the columns name, label and embedding, a list of 32-bit numbers; with several layers a
/// column embedding_LAYER for each.</summary>
/// <remarks>A picture that could not be read has a null in place of its list: never NaN, which is left out of a column's statistics, so
/// that filters lose rows.</remarks>
internal static class ParquetEmbeddings
{
    internal const string Column = "embedding";

    private const int GroupFloats = 1 << 22, GroupRows = 1 << 16;

    /// <summary>What a layer's column is called.</summary>
    internal static string ColumnOf(string layer, int layers) => layers == 1 ? Column : $"{Column}_{layer}";

    internal static void Write(string path, EmbeddedTable table, CancellationToken cancel) =>
        WriteAsync(path, table, cancel).GetAwaiter().GetResult();

    private static async Task WriteAsync(string path, EmbeddedTable table, CancellationToken cancel)
    {
        DataField<string> name = new(NamesFile.Name), label = new(NamesFile.Label);
        ParquetSchema schema = new([name, label, .. table.Layers.Select(layer =>
            new ListField(ColumnOf(layer.Name, table.Layers.Count), new DataField<float>("element", nullable: false)))]);
        DataField[] numbers = schema.GetDataFields()[2..];
        int most = Math.Clamp(GroupFloats / table.Layers.Max(static layer => layer.Rows.Dimensions), 1, GroupRows);
        await using FileStream file = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file,
            new ParquetOptions { CompressionMethod = CompressionMethod.None }, cancellationToken: cancel);
        writer.CustomMetadata = table.Origin.Texts(string.Join(',', table.Layers.Select(static layer => layer.Name)));
        ListBuffers[] buffers = [.. table.Layers.Select(layer => new ListBuffers(most, layer.Rows))];
        for (int first = 0; first < table.Count; first += most)
        {
            cancel.ThrowIfCancellationRequested();
            int[] rows = [.. Enumerable.Range(first, Math.Min(most, table.Count - first))];
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(name, (IReadOnlyCollection<string>)[.. rows.Select(table.Name)]);
            await group.WriteAsync(label, (IReadOnlyCollection<string?>)[.. rows.Select(table.Label)]);
            for (int i = 0; i < numbers.Length; i++)
            {
                buffers[i].Fill(first, rows.Length, table, numbers[i].MaxDefinitionLevel);
                await group.WriteAllPartsAsync<float>(numbers[i], buffers[i].Values, buffers[i].Definitions, buffers[i].Repetitions,
                    cancel);
            }
        }
    }

    /// <summary>A row group's lists as Parquet has them: all numbers in a row, and for each whether it is there and begins a
    /// list.</summary>
    private sealed class ListBuffers(int most, IEmbeddingRows rows)
    {
        private readonly float[] _values = new float[most * rows.Dimensions];
        private readonly int[] _definitions = new int[most * rows.Dimensions], _repetitions = new int[most * rows.Dimensions];
        private int _numbers, _levels;

        internal ReadOnlyMemory<float> Values => _values.AsMemory(0, _numbers);

        internal ReadOnlyMemory<int> Definitions => _definitions.AsMemory(0, _levels);

        internal ReadOnlyMemory<int> Repetitions => _repetitions.AsMemory(0, _levels);

        internal void Fill(int first, int count, EmbeddedTable table, int there)
        {
            int dimensions = rows.Dimensions;
            rows.Read(first, _values.AsSpan(0, count * dimensions));
            (_numbers, _levels) = (0, 0);
            for (int i = 0; i < count; i++)
            {
                bool isReadable = table.IsReadable(first + i);
                int length = isReadable ? dimensions : 1;           // a null takes one level
                _definitions.AsSpan(_levels, length).Fill(isReadable ? there : 0);
                _repetitions.AsSpan(_levels, length).Fill(1);
                _repetitions[_levels] = 0;
                _levels += length;
                if (!isReadable) continue;
                _values.AsSpan(i * dimensions, dimensions).CopyTo(_values.AsSpan(_numbers));
                _numbers += dimensions;
            }
        }
    }
}
