using System.Numerics.Tensors;
using MocoSharp.Embeddings;
using MocoSharp.Maps;

namespace MocoSharp.Selection;

/// <summary>Rows of a file of embeddings, each of length 1, in memory.</summary>
internal sealed class UnitRows
{
    private const int AtOnce = 1024;
    private readonly float[] _values;

    private UnitRows(float[] values, int dimensions, int count) => (_values, Dimensions, Count) = (values, dimensions, count);

    internal int Count { get; }

    internal int Dimensions { get; }

    /// <summary>One row, [D].</summary>
    internal ReadOnlySpan<float> this[int place] => _values.AsSpan(place * Dimensions, Dimensions);

    /// <summary>Reads some rows. A row of zeros stays one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">Which, in rising order.</param>
    /// <exception cref="MocoException">MS5120: they do not fit into memory in one piece.</exception>
    internal static UnitRows Of(EmbeddingsFile file, int[] rows)
    {
        int dimensions = file.Dimensions;
        if ((long)rows.Length * dimensions > Array.MaxLength)
            throw new MocoException(ErrorIds.SelectionImpossible,
                $"{rows.Length:N0} embeddings of {dimensions:N0} numbers are too many to choose among at once", file.Path,
                "choose among a part of the pictures (--below FOLDER/), or embed a layer of fewer numbers");
        float[] values = new float[rows.Length * dimensions], block = new float[AtOnce * dimensions];
        for (int first = 0; first < rows.Length;)
        {
            int start = rows[first], end = first;
            while (end < rows.Length && rows[end] - start < AtOnce) end++;
            Span<float> read = block.AsSpan(0, (rows[end - 1] - start + 1) * dimensions);
            file.Read(start, read);
            for (; first < end; first++)
            {
                ReadOnlySpan<float> row = read.Slice((rows[first] - start) * dimensions, dimensions);
                float length = TensorPrimitives.Norm(row);
                TensorPrimitives.Multiply(row, length > 0 ? 1 / length : 0, values.AsSpan(first * dimensions, dimensions));
            }
        }
        return new UnitRows(values, dimensions, rows.Length);
    }

    /// <summary>The same rows, not copied.</summary>
    internal PointSet Points => new(_values, Dimensions);

    internal float Cosine(int one, int other) => TensorPrimitives.Dot(this[one], this[other]);
}
