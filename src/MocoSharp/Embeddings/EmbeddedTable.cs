using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>What a file of embeddings says of where they come from.</summary>
/// <param name="Encoder">SHA-256 of the encoder's file.</param>
/// <param name="Precision">fp32 or bf16: in which the network computed.</param>
/// <param name="Program">The version that wrote it.</param>
internal sealed record EmbeddingOrigin(string Encoder, string Precision, string Program)
{
    internal const string EncoderKey = "mocosharp.encoder_sha256", LayerKey = "mocosharp.layer";

    private const string PrecisionKey = "mocosharp.precision", ProgramKey = "mocosharp.version";

    /// <summary>The texts that a file's head gets.</summary>
    /// <param name="layer">The layer, or several with commas between.</param>
    internal Dictionary<string, string> Texts(string layer) => new()
    {
        [EncoderKey] = Encoder,
        [LayerKey] = layer,
        [PrecisionKey] = Precision,
        [ProgramKey] = Program,
    };
}

/// <summary>Everything that goes into files: the pictures and, for each layer, their numbers.</summary>
/// <param name="pictures">Names and labels.</param>
/// <param name="layers">Each with as many rows as there are pictures.</param>
/// <param name="unreadable">Rows whose pictures could not be read.</param>
/// <param name="origin">Where the numbers come from.</param>
internal sealed class EmbeddedTable(
    IImageSource pictures, IReadOnlyList<(string Name, IEmbeddingRows Rows)> layers, IReadOnlySet<int> unreadable, EmbeddingOrigin origin)
{
    private const int FloatsAtOnce = 1 << 20;

    internal int Count => pictures.Count;

    internal IReadOnlyList<(string Name, IEmbeddingRows Rows)> Layers => layers;

    internal EmbeddingOrigin Origin => origin;

    /// <summary>How many rows are held in memory at once.</summary>
    internal static int RowsAtOnce(int dimensions) => Math.Max(1, FloatsAtOnce / dimensions);

    internal string Name(int row) => pictures.Name(row);

    internal string? Label(int row) => pictures.Label(row) is >= 0 and int label ? pictures.Classes[label] : null;

    internal bool IsReadable(int row) => !unreadable.Contains(row);

    /// <summary>Gives a layer's rows one by one; their memory is used again.</summary>
    internal void ForEachRow(int layer, RowReceiver take, CancellationToken cancel)
    {
        IEmbeddingRows rows = layers[layer].Rows;
        int most = RowsAtOnce(rows.Dimensions);
        float[] values = new float[most * rows.Dimensions];
        for (int first = 0; first < Count; first += most)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(most, Count - first);
            rows.Read(first, values.AsSpan(0, count * rows.Dimensions));
            for (int i = 0; i < count; i++) take(first + i, values.AsSpan(i * rows.Dimensions, rows.Dimensions));
        }
    }
}

/// <summary>Gets one row.</summary>
/// <param name="row">Its number.</param>
/// <param name="values">[D].</param>
internal delegate void RowReceiver(int row, ReadOnlySpan<float> values);
