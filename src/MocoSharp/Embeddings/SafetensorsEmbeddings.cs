using System.Runtime.InteropServices;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Embeddings;

/// <summary>Embeddings as one matrix of a safetensors file, with names and labels in a CSV file beside it.</summary>
internal static class SafetensorsEmbeddings
{
    private const string TensorName = "embedding";

    internal static void Write(string path, EmbeddedTable table, int layer, CancellationToken cancel)
    {
        (string name, IEmbeddingRows rows) = table.Layers[layer];
        Safetensors.Write(path, TensorName, DType.Float32, [rows.Count, rows.Dimensions], Parts(rows, cancel),
            table.Origin.Texts(name));
    }

    /// <exception cref="MocoException">MS5101: it does not hold one matrix of floating-point numbers.</exception>
    /// <exception cref="TorchException">MS1007: the file is damaged.</exception>
    internal static EmbeddingsContent Open(string path)
    {
        using SafetensorsFile file = Safetensors.Open(path);
        (string Name, SafetensorsPlace Place)[] matrices = [.. file.Names.Select(name => (name, file.PlaceOf(name)))
            .Where(static item => item.Item2 is { Shape: [>= 1 and <= int.MaxValue, >= 1 and <= int.MaxValue] } place
                && BinaryRows.CanRead(place.Type))];
        if (matrices is not [(_, SafetensorsPlace place)])
            throw EmbeddingErrors.Unreadable(path,
                $"it holds {matrices.Length} matrices of floating-point numbers among {file.Names.Count()} tensors, and embeddings are one",
                matrices.Length == 0 ? "write one tensor of the shape (pictures, numbers)" : "write each layer into a file of its own");
        BinaryRows rows = new(path, place.Offset, place.Type, (int)place.Shape[0], (int)place.Shape[1]);
        return new EmbeddingsContent(rows, NamesFile.ReadBeside(path, rows.Count),
            file.Metadata.GetValueOrDefault(EmbeddingOrigin.EncoderKey), file.Metadata.GetValueOrDefault(EmbeddingOrigin.LayerKey));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(IEmbeddingRows rows, CancellationToken cancel)
    {
        int most = EmbeddedTable.RowsAtOnce(rows.Dimensions);
        float[] values = new float[most * rows.Dimensions];
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int first = 0; first < rows.Count; first += most)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(most, rows.Count - first) * rows.Dimensions;
            rows.Read(first, values.AsSpan(0, count));
            MemoryMarshal.AsBytes(values.AsSpan(0, count)).CopyTo(bytes);
            yield return bytes.AsMemory(0, count * sizeof(float));
        }
    }
}
