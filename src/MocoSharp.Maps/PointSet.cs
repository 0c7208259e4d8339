using System.Numerics.Tensors;

namespace MocoSharp.Maps;

/// <summary>Points, a row each: features, or places on a map.</summary>
public sealed class PointSet
{
    private readonly float[] _values;

    /// <summary>Points over an array, which is not copied; do not change it afterwards.</summary>
    /// <param name="values">[N, D], row by row.</param>
    /// <param name="dimensions">D, 1 or more.</param>
    /// <exception cref="MapException">The values do not fill whole rows, or one is infinite or not a number; names its row.</exception>
    public PointSet(float[] values, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        OptionException.Require(dimensions > 0, nameof(dimensions), dimensions, "a number of 1 or more");
        if (values.Length % dimensions != 0)
        {
            throw new MapException(ErrorIds.BadValues, $"{values.Length} values do not fill rows of {dimensions} dimensions",
                "pass all values of each row, and the number of values in a row as dimensions");
        }
        (_values, Dimensions) = (values, dimensions);
        for (int row = 0; row < Count; row++) RequireFinite(row);
    }

    /// <summary>The number of points, N.</summary>
    public int Count => _values.Length / Dimensions;

    /// <summary>The number of values of a point, D.</summary>
    public int Dimensions { get; }

    /// <summary>All values, row by row.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The values of one point, D of them.</summary>
    /// <param name="row">0 to N − 1.</param>
    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * Dimensions, Dimensions);

    /// <summary>The points of some rows, in their order.</summary>
    /// <param name="rows">Each 0 to N − 1.</param>
    internal PointSet Choose(ReadOnlySpan<int> rows)
    {
        float[] chosen = new float[rows.Length * Dimensions];
        for (int i = 0; i < rows.Length; i++) this[rows[i]].CopyTo(chosen.AsSpan(i * Dimensions));
        return new PointSet(chosen, Dimensions);
    }

    private void RequireFinite(int row)
    {
        ReadOnlySpan<float> values = this[row];
        if (TensorPrimitives.IsFiniteAll(values)) return;
        int column = 0;
        while (float.IsFinite(values[column])) column++;
        throw new MapException(ErrorIds.BadValues, $"row {row} holds {values[column]} at dimension {column}",
            "leave this row out, or find out why what made it gave no number");
    }
}
