using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Cmc;

/// <summary>Contrastive multiview coding: lightness must find the same picture's color among all colors, and color its lightness.</summary>
/// <remarks>Tian et al. 2019, arXiv:1906.05849, and HobbitLong/CMC at 7b227be. The picture comes as Lab or YCbCr (<c>colorSpace</c> in the
/// view); the encoder is a pair. Each view is scored against the other view's bank, both with the same rows. Z of the noise-contrastive
/// form is kept exactly, one a view. A row may be its own noise, as in that code. Departure: the banks move after the backward pass; the
/// values are the same.</remarks>
[Method("cmc", typeof(CmcOptions))]
public sealed class Cmc : Method<CmcStep>
{
    private readonly PairEncoder _encoder;
    private readonly Layer _lightHead, _colorHead;
    private readonly MemoryBank _lightBank, _colorBank;
    private readonly NoiseContrast _lightContrast, _colorContrast;
    private readonly CmcOptions _options;

    /// <summary>Builds encoders, heads and banks.</summary>
    /// <exception cref="OptionException">The encoder is no pair.</exception>
    public Cmc(MethodParts parts, CmcOptions options)
    {
        _options = options.InBounds();
        if (!parts.Options.Name.StartsWith(PairEncoder.Prefix, StringComparison.Ordinal))
            throw new OptionException("encoder.name", parts.Options.Name,
                "one encoder, and this method needs one for lightness and one for color",
                fix: $"set encoder.name to pair-{parts.Options.Name}");
        PairEncoder encoder = _encoder = Register("encoder", (PairEncoder)parts.Encoder());
        _lightHead = Register("light_head", Heads.Mlp(encoder.First.Features, [], options.Features));
        _colorHead = Register("colour_head", Heads.Mlp(encoder.Rest.Features, [], options.Features));
        _lightBank = Register("light_bank", new MemoryBank(parts.Pictures, options.Features));
        _colorBank = Register("colour_bank", new MemoryBank(parts.Pictures, options.Features));
        _lightContrast = Register("light_contrast", new NoiseContrast());
        _colorContrast = Register("colour_contrast", new NoiseContrast());
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss =>
        2 * (_options.Softmax ? Math.Log(_options.Negatives + 1) : NoiseContrast.Chance(_options.Negatives));

    /// <inheritdoc/>
    public override bool CanValidate => false;

    /// <summary>What is remembered of each picture's lightness and color.</summary>
    public (MemoryBank Light, MemoryBank Color) Banks => (_lightBank, _colorBank);

    /// <summary>Z of both views; null before the first batch, and always in the softmax form.</summary>
    public (double? Light, double? Color) Constants => (_lightContrast.Constant, _colorContrast.Constant);

    /// <inheritdoc/>
    public override CmcStep Step(Batch batch)
    {
        (Tensor light, Tensor color) = Features(batch.View(0));                              // [N, D] each
        long[] rows = MemoryBank.OwnFirst(batch.Indices, batch.Noise(use: 0, _options.Negatives, _lightBank.Pictures));
        (Tensor first, double? lightConstant) = Contrast(_colorBank.Products(light, rows), _lightContrast);
        (Tensor second, double? colorConstant) = Contrast(_lightBank.Products(color, rows), _colorContrast);
        return new CmcStep(first + second, light.Detach(), color.Detach(), batch.Indices, lightConstant, colorConstant);
    }

    /// <inheritdoc/>
    protected override void Remember(CmcStep step)
    {
        if (step.LightConstant is { } light) _lightContrast.KeepFirst(light);
        if (step.ColorConstant is { } color) _colorContrast.KeepFirst(color);
        _lightBank.Move(step.Pictures, step.Light, _options.BankMomentum);
        _colorBank.Move(step.Pictures, step.Color, _options.BankMomentum);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures)
    {
        (Tensor light, Tensor color) = Features(pictures);
        // the cosine is the mean of both views' cosines
        return Normalize(Cat([light, color], dim: 1));
    }

    private (Tensor Light, Tensor Color) Features(Tensor pictures)
    {
        (Tensor light, Tensor color) = PairEncoder.Split(pictures);
        return (Normalize(_lightHead.Forward(_encoder.First.Forward(light))), Normalize(_colorHead.Forward(_encoder.Rest.Forward(color))));
    }

    private (Tensor Loss, double? Constant) Contrast(Tensor products, NoiseContrast contrast)
    {
        Tensor scores = products / _options.Temperature;                                      // [N, 1 + K], the own one first
        if (_options.Softmax) return (CrossEntropy(scores, Tensor.Zeros([scores.Size(0)], DType.Int64, scores.Device)), null);
        double constant = contrast.ConstantFor(scores, _lightBank.Pictures);
        return (NoiseContrast.Loss(scores, constant, _lightBank.Pictures), constant);
    }
}

/// <summary>A step whose features move both banks.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Light">[N, D], fp32: features of lightness, constants of unit length.</param>
/// <param name="Color">[N, D], fp32: those of color.</param>
/// <param name="Pictures">[N]: each row's place in the banks.</param>
/// <param name="LightConstant">Z of lightness as this batch has it; null in the softmax form.</param>
/// <param name="ColorConstant">Z of color.</param>
public sealed record CmcStep(
    Tensor Loss, Tensor Light, Tensor Color, IReadOnlyList<int> Pictures, double? LightConstant, double? ColorConstant) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Light, Color];
}
