namespace MocoSharp.Imaging.Comparison;

/// <summary>A part of a picture, in shares of its sides.</summary>
internal sealed class SketchPart
{
    private readonly double _left, _top, _width, _height;

    private SketchPart(double left, double top, double width, double height)
    {
        (_left, _top, _width, _height) = (left, top, width, height);
        const int side = PictureSketch.Side;
        Across = new AreaTaps(side, left * side, width * side, GrayPatch.Side);
        Down = new AreaTaps(side, top * side, height * side, GrayPatch.Side);
    }

    /// <summary>The whole first, then all parts that are tried.</summary>
    internal static IReadOnlyList<SketchPart> All { get; } =
        [new(0, 0, 1, 1), .. Places(0.95, 0.95), .. Places(0.9, 0.9), .. Places(0.95, 1), .. Places(1, 0.95)];

    /// <summary>Which columns of a sketch are the part's.</summary>
    internal AreaTaps Across { get; }

    /// <summary>Which rows of a sketch are the part's.</summary>
    internal AreaTaps Down { get; }

    /// <summary>The place in <see cref="All"/> of the part that shows the same where the other picture was moved: as far from the right as
    /// this one is from the left, and so on. −1 where this part lies in the middle, so that nothing was moved.</summary>
    /// <param name="mirror">Whether left and right of the other picture are swapped.</param>
    internal int Opposite(bool mirror)
    {
        double left = 1 - _width - _left, top = 1 - _height - _top;
        if (Lies(left, top, this)) return -1;
        double own = mirror ? _left : left;
        return All.Index().Where(part => part.Item._width == _width && part.Item._height == _height && Lies(own, top, part.Item))
            .Select(static part => part.Index).First();
    }

    private static bool Lies(double left, double top, SketchPart part) =>
        Math.Abs(left - part._left) < 1e-9 && Math.Abs(top - part._top) < 1e-9;

    private static IEnumerable<SketchPart> Places(double width, double height)
    {
        double[] across = width < 1 ? [0, 0.5, 1] : [0], down = height < 1 ? [0, 0.5, 1] : [0];
        return from x in across
               from y in down
               select new SketchPart(x * (1 - width), y * (1 - height), width, height);
    }
}
