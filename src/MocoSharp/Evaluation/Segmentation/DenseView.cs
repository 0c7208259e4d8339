using System.Collections.Concurrent;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>The whole of a picture, at the scale and in the colors that the encoder is tested on: nothing is cut off.</summary>
/// <param name="tested">What the encoder sees of a picture in other tests.</param>
/// <param name="side">The shorter side in pixels; null for the scale of other tests.</param>
internal sealed class DenseView(ViewPipeline tested, int? side)
{
    /// <summary>A picture of more pixels is shrunk to so many: a network's maps of it would not fit into memory.</summary>
    internal const int MostPixels = 1 << 22;

    private readonly ConcurrentDictionary<(int Width, int Height), ViewPipeline> _made = [];

    /// <summary>How a picture of this size is seen.</summary>
    internal ViewPipeline For(int width, int height) => _made.GetOrAdd((width, height), size => Make(size.Width, size.Height));

    private ViewPipeline Make(int width, int height)
    {
        IEnumerable<Augmentation> others = tested.Steps.Where(static step => step is not (CenterCrop or CenterFit or Squash or Resize));
        int output = tested.Steps.Aggregate(new ImageSize(0, 0, 1), static (size, step) => step.Output(size)).ShorterSide;
        Augmentation? scale = tested.Steps.OfType<Squash>().FirstOrDefault() is { } squash ? squash with { Size = side ?? output }
            : side is { } asked ? new Resize(asked)
            : tested.Steps.OfType<CenterFit>().FirstOrDefault() is { } fit ? Fitted(fit, Math.Min(width, height))
            : tested.Steps.OfType<Resize>().FirstOrDefault();
        ImageSize whole = new(width, height, 1), seen = scale?.Output(whole) ?? whole;
        long pixels = (long)seen.Width * seen.Height;
        if (pixels > MostPixels) scale = new Resize(Math.Max(1, (int)(seen.ShorterSide * Math.Sqrt((double)MostPixels / pixels))));
        return tested.With(scale is null ? others : others.Prepend(scale));
    }

    private static Resize Fitted(CenterFit fit, int shorter) =>
        new(shorter > fit.Size ? (int)MathF.Round(fit.Size / fit.Share) : fit.Size, fit.Interpolation);
}
