using MocoSharp.Torch;

namespace MocoSharp.Methods.Blocks;

/// <summary>Pictures and maps turned by right angles: pixels change places, and nothing is resampled.</summary>
internal static class QuarterTurns
{
    /// <summary>Turns a full circle is made of.</summary>
    internal const int Count = 4;

    /// <summary>Turned by so many right angles, clockwise: what was on the left comes to the top.</summary>
    /// <param name="map">[N, C, H, W].</param>
    /// <param name="quarters">0 or more.</param>
    internal static Tensor Of(Tensor map, int quarters) => (quarters % Count) switch
    {
        1 => map.T.Flip(3),
        2 => map.Flip(2, 3),
        3 => map.T.Flip(2),
        _ => map,
    };
}
