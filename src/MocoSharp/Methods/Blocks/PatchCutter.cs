using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>Square patches, each cut at a place of its own: pixels are copied, and nothing is resampled.</summary>
internal static class PatchCutter
{
    private const double LeastDeviation = 1e-5;          // of a flat patch, which stays flat

    /// <summary>Cuts patches out.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    /// <param name="places">Where each patch begins.</param>
    /// <param name="side">Side of the patches in pixels.</param>
    /// <returns>[P, C, side, side], channels_last, in the order of the places.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A patch reaches beyond its picture.</exception>
    internal static Tensor Cut(Tensor pictures, IReadOnlyList<PatchPlace> places, int side)
    {
        (long channels, long height, long width) = (pictures.Size(1), pictures.Size(2), pictures.Size(3));
        long[] pixels = new long[(long)places.Count * side * side];
        int next = 0;
        foreach (PatchPlace place in places)
        {
            if (place.Top < 0 || place.Left < 0 || place.Top + side > height || place.Left + side > width)
                throw new ArgumentOutOfRangeException(nameof(places), place,
                    $"a patch of {side} pixels that begins there is not within a picture of {width}×{height}");
            for (int y = 0; y < side; y++)
                for (int x = 0; x < side; x++)
                    pixels[next++] = (place.Picture * height + place.Top + y) * width + place.Left + x;
        }
        Tensor rows = pictures.Permute(0, 2, 3, 1).Reshape(-1, channels);             // [N · H · W, C]
        return rows.IndexSelect(0, Tensor.From(pixels).To(pictures.Device)).View(places.Count, side, side, channels).Permute(0, 3, 1, 2);
    }

    /// <summary>Each channel of each patch with mean 0 and deviation 1: its brightness and contrast tell nothing of where it lay.</summary>
    /// <param name="patches">[P, C, side, side].</param>
    /// <returns>As the patches, in their type; a flat channel becomes 0.</returns>
    internal static Tensor Standardized(Tensor patches)
    {
        Tensor wide = AtLeastFloat32(patches);
        Tensor deviation = wide.Variance([2, 3], unbiased: false, keepDim: true).Sqrt().Clamp(low: LeastDeviation);
        return ((wide - wide.Mean([2, 3], keepDim: true)) / deviation).To(patches.DType);
    }
}

/// <summary>Where a patch begins.</summary>
/// <param name="Picture">The picture's place in the batch.</param>
/// <param name="Top">Its first row of pixels.</param>
/// <param name="Left">Its first column of pixels.</param>
internal readonly record struct PatchPlace(int Picture, int Top, int Left);
