using System.Numerics.Tensors;

namespace MocoSharp.Features;

/// <summary>Feature vectors of some pictures.</summary>
/// <param name="Values">[N, D], row by row; finite. Shared, not copied.</param>
/// <param name="Dimensions">D, 1 or more.</param>
/// <param name="Labels">[N]: classes, −1 where unknown.</param>
/// <param name="Classes">The classes' names.</param>
/// <exception cref="MocoException">MS5001: the lengths do not fit together, a label has no name, or a value is infinite or not a
/// number.</exception>
public sealed record FeatureSet(float[] Values, int Dimensions, int[] Labels, IReadOnlyList<string> Classes)
{
    /// <summary>[N, D], row by row.</summary>
    public float[] Values { get; init; } = Checked(Values, Dimensions, Labels, Classes);

    /// <summary>Rows of pictures that could not be read, in rising order: they have no label, and their values are another
    /// picture's.</summary>
    public IReadOnlyList<int> Absent { get; init; } = [];

    /// <summary>N.</summary>
    public int Count => Labels.Length;

    /// <summary>How many rows have a label.</summary>
    public int LabeledCount => Labels.Count(static label => label >= 0);

    /// <summary>One vector, [D].</summary>
    public ReadOnlySpan<float> Row(int index) => Values.AsSpan(checked(index * Dimensions), Dimensions);

    /// <summary>Some rows, copied.</summary>
    internal FeatureSet Take(ReadOnlySpan<int> rows)
    {
        float[] values = new float[(long)rows.Length * Dimensions];
        int[] labels = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(values.AsSpan(i * Dimensions));
            labels[i] = Labels[rows[i]];
        }
        HashSet<int> absent = [.. Absent];
        return new FeatureSet(values, Dimensions, labels, Classes)
        {
            Absent = absent.Count == 0 ? [] : [.. Enumerable.Range(0, rows.Length).Where(Gone(rows, absent))],
        };
    }

    private static Func<int, bool> Gone(ReadOnlySpan<int> rows, HashSet<int> absent)
    {
        int[] kept = rows.ToArray();
        return i => absent.Contains(kept[i]);
    }

    /// <summary>Throws unless the other set holds vectors of the same kind.</summary>
    /// <exception cref="MocoException">MS5001: dimensions or classes differ.</exception>
    internal void RequireLike(FeatureSet other)
    {
        if (Dimensions != other.Dimensions)
            throw new MocoException(ErrorIds.FeatureShape,
                $"the features have {Dimensions} dimensions to learn from and {other.Dimensions} to test on",
                fix: "make both with the same encoder and layer");
        if (!Classes.SequenceEqual(other.Classes))
            throw new MocoException(ErrorIds.FeatureShape,
                $"the classes to learn from ({Names(Classes)}) are not those to test on ({Names(other.Classes)})",
                fix: "take both from the same data set, with the same class folders or list of classes");
    }

    private static string Names(IReadOnlyList<string> classes) => classes.Count <= 5 ? string.Join(", ", classes)
        : $"{string.Join(", ", classes.Take(4))} … {classes.Count} in all";

    private static float[] Checked(float[] values, int dimensions, int[] labels, IReadOnlyList<string> classes)
    {
        if (dimensions < 1 || values.LongLength != (long)labels.Length * dimensions)
            throw new MocoException(ErrorIds.FeatureShape,
                $"{values.LongLength} values are not {labels.Length} vectors of {dimensions} dimensions");
        int wrong = Array.FindIndex(labels, label => label < -1 || label >= classes.Count);
        if (wrong >= 0)
            throw new MocoException(ErrorIds.FeatureShape, $"row {wrong} has label {labels[wrong]}, and there are {classes.Count} classes",
                fix: "number classes from 0, and write -1 where the class is not known");
        if (values.Length > 0 && !TensorPrimitives.IsFiniteAll<float>(values))     // of no values it says that not all are finite
        {
            int bad = Array.FindIndex(values, static value => !float.IsFinite(value));
            throw new MocoException(ErrorIds.FeatureShape, $"feature {bad % dimensions} of row {bad / dimensions} is {values[bad]}",
                fix: "look at the training: an encoder gives such values when its loss has diverged");
        }
        return values;
    }
}
