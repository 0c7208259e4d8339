using MocoSharp.Torch;

namespace MocoSharp.Encoders;

/// <summary>An encoder that sees a picture patch by patch: its map has one place a patch, its features are the mean over them.</summary>
/// <remarks>van den Oord et al. 2018, arXiv:1807.03748, section 3.2. Any encoder can be one: it is asked for by
/// <see cref="EncoderOptions.Patches"/>. A patch's features depend on its own pixels alone as long as the encoder has no batch norm in
/// training.</remarks>
public sealed class PatchEncoder : Encoder
{
    internal const string Grid = "grid";
    private readonly Encoder _inner;
    private readonly PatchGrid _patches;

    internal PatchEncoder(EncoderOptions options, PatchGrid patches, Func<EncoderOptions, Encoder> factory) : base(options)
    {
        _patches = patches;
        _inner = Register("patch", factory(options with { Patches = null }));
        AddStage(Grid, _inner.Features, patches.Stride, Map);
    }

    /// <inheritdoc/>
    public override int Features => _inner.Features;

    /// <summary>A mean over patches, whatever <see cref="Pooling"/> is within each.</summary>
    private protected override Tensor Summarize(Tensor map) => Functional.GlobalAverage(map);

    /// <summary>[N, C, H, W] to [N, F, rows, columns], fp32.</summary>
    private Tensor Map(Tensor pictures)
    {
        if (pictures.Size(2) < _patches.Side || pictures.Size(3) < _patches.Side)
            throw new OptionException("encoder.patches.side", _patches.Side, $"and the picture is {pictures.Size(3)}×{pictures.Size(2)}",
                fix: "set it to the smaller side or less");
        Tensor patches = Functional.Patches(pictures, _patches.Side, _patches.Stride);               // [N, C, rows, columns, side, side]
        long n = patches.Size(0), rows = patches.Size(2), columns = patches.Size(3);
        // channels_last
        Tensor each = patches.Permute(0, 2, 3, 4, 5, 1).Reshape(n * rows * columns, _patches.Side, _patches.Side, -1).Permute(0, 3, 1, 2);
        return _inner.Forward(each).View(n, rows, columns, -1).Permute(0, 3, 1, 2);
    }
}
