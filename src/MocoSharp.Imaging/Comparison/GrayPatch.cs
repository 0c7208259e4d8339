using System.Numerics.Tensors;

namespace MocoSharp.Imaging.Comparison;

/// <summary>A part of a picture as a gray square whose mean is 0 and whose length is 1.</summary>
internal sealed class GrayPatch
{
    internal const int Side = 32;

    private readonly float[] _values = new float[Side * Side];
    private float[]? _mirrored;

    private GrayPatch()
    {
    }

    /// <summary>Levels of 255.</summary>
    internal double Mean { get; private set; }

    /// <summary>Levels of 255.</summary>
    internal double Deviation { get; private set; }

    /// <summary>The first parts of a sketch.</summary>
    /// <param name="sketch">The sketch.</param>
    /// <param name="count">How many of <see cref="SketchPart.All"/>.</param>
    internal static GrayPatch[] Of(PictureSketch sketch, int count)
    {
        Span<float> plane = stackalloc float[PictureSketch.Side * PictureSketch.Side];
        TensorPrimitives.ConvertTruncating(sketch.Gray, plane);
        GrayPatch[] patches = new GrayPatch[count];
        for (int i = 0; i < count; i++) patches[i] = Of(plane, SketchPart.All[i]);
        return patches;
    }

    private static GrayPatch Of(ReadOnlySpan<float> plane, SketchPart part)
    {
        GrayPatch patch = new();
        Span<float> values = patch._values;
        AreaShrink.Run(plane, PictureSketch.Side, part.Across, part.Down, values);
        float mean = TensorPrimitives.Sum<float>(values) / values.Length;
        TensorPrimitives.Subtract(values, mean, values);
        float length = TensorPrimitives.Norm<float>(values);
        if (length > 0) TensorPrimitives.Divide(values, length, values);
        (patch.Mean, patch.Deviation) = (mean, length / Side);
        return patch;
    }

    /// <summary>−1 to 1; 0 where one of the two is one gray.</summary>
    /// <param name="other">The other square.</param>
    /// <param name="mirror">Whether its left and right are swapped first.</param>
    internal double Correlation(GrayPatch other, bool mirror) =>
        Math.Clamp(TensorPrimitives.Dot<float>(_values, mirror ? other.Mirrored() : other._values), -1, 1);

    private float[] Mirrored()
    {
        if (_mirrored is not null) return _mirrored;
        _mirrored = (float[])_values.Clone();
        for (int y = 0; y < Side; y++) _mirrored.AsSpan(y * Side, Side).Reverse();
        return _mirrored;
    }
}
