using MocoSharp.Imaging;

namespace MocoSharp;

/// <summary>Checks a record's settings against their <see cref="BoundsAttribute"/>s.</summary>
internal static class BoundsExtensions
{
    /// <summary>The record itself, when it and all that it holds is within bounds.</summary>
    /// <exception cref="OptionException">A setting is not; names it by its path.</exception>
    internal static T InBounds<T>(this T record) where T : class
    {
        if (Bounds.Broken(record) is { } broken) OptionException.Require(false, broken.Path, broken.Value, broken.Takes);
        return record;
    }
}
