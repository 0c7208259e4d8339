using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Reconstruction;

/// <summary>Context encoder: a square is missing from the picture; what was there?</summary>
/// <remarks>Pathak et al. 2016, arXiv:1604.07379, as in pathak22/context-encoder (train.lua): the hole shows the mean color, but for a
/// border of its own pixels, which count more. Departures: the adversary is an option (the paper learns its features for other tasks
/// without it too), and is shown the whole picture with its hole filled, where the paper's sees the middle alone; the decoder makes the
/// whole picture from the encoder's map, without a bottleneck of one row of numbers, and only the hole is compared.</remarks>
/// <param name="encoders">Makes the encoder.</param>
/// <param name="options">Settings.</param>
/// <exception cref="OptionException">The encoder's last map cannot be doubled up to the picture.</exception>
[Method("inpainting", typeof(InpaintingOptions))]
public sealed class Inpainting(Func<Encoder> encoders, InpaintingOptions options)
    : PictureRestoration(encoders, options.AdversarialWeight, options.CriticRate)
{
    private const int PlaceDraw = 0;
    private readonly InpaintingOptions _options = options.InBounds();          // before there is an encoder

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels)
    {
        base.CheckViews(views, channels);
        _ = _options.HoleSide(views[0].Output(channels).ShorterSide);
    }

    /// <inheritdoc/>
    public override RestorationStep Step(Batch batch)
    {
        Tensor picture = AtLeastFloat32(batch.View(0));
        (Tensor shown, Tensor counts) = Holes(batch, picture);                                            // [N, 1, S, S] each
        Tensor damaged = (picture * shown).To(batch.View(0).DType).Contiguous(MemoryFormat.ChannelsLast);
        Tensor restored = Restore(damaged);
        return Judged(restored, picture, counts, () => picture * shown + restored * (1 - shown));
    }

    /// <summary>What is shown of each picture, 1 or 0, and how much each of its pixels counts.</summary>
    internal (Tensor Shown, Tensor Counts) Holes(Batch batch, Tensor picture)
    {
        (int height, int width) = ((int)picture.Size(2), (int)picture.Size(3));
        int hole = _options.HoleSide(Math.Min(height, width)), band = _options.Overlap;
        long[]? tops = null, lefts = null;
        if (_options.Anywhere)
            (tops, lefts) = (batch.Noise(PlaceDraw, 1, height - hole + 1), batch.Noise(PlaceDraw + 1, 1, width - hole + 1));
        float[] shown = new float[batch.Count * height * width], counts = new float[shown.Length];
        Array.Fill(shown, 1);
        for (int n = 0; n < batch.Count; n++)
        {
            int top = (int)(tops?[n] ?? (height - hole) / 2), left = (int)(lefts?[n] ?? (width - hole) / 2);
            for (int y = 0; y < hole; y++)
                for (int x = 0; x < hole; x++)
                {
                    bool isBorder = Math.Min(Math.Min(x, y), hole - 1 - Math.Max(x, y)) < band;
                    int at = (n * height + top + y) * width + left + x;
                    (shown[at], counts[at]) = isBorder ? (1, (float)_options.OverlapWeight) : (0, 1);
                }
        }
        return (Like(shown), Like(counts));

        Tensor Like(float[] values) => Tensor.From(values, batch.Count, 1, height, width).To(picture.DType).To(picture.Device);
    }
}
