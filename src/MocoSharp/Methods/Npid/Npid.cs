using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Npid;

/// <summary>Non-parametric instance discrimination: every picture is a class of its own, and its weight is the feature remembered of
/// it.</summary>
/// <remarks>Wu et al. 2018, arXiv:1805.01978. Both ways are here: the full softmax over all pictures (eq. 2), and noise-contrastive
/// estimation with a constant Z (eq. 4 to 8), with the proximal term of section 3.3, which the authors' code (zhirongw/lemniscate.pytorch
/// at f7cfe29) leaves out in favor of a bank momentum of 0.5. Departures: the bank moves after the backward pass instead of within it (the
/// same values), and a picture may be its own noise, as in that code.</remarks>
[Method("npid", typeof(NpidOptions))]
public sealed class Npid : Method<NpidStep>
{
    private readonly ProjectionNetwork _network;
    private readonly MemoryBank _bank;
    private readonly NoiseContrast _contrast;
    private readonly NpidOptions _options;

    /// <summary>Builds network and bank.</summary>
    public Npid(MethodParts parts, NpidOptions options)
    {
        _options = options.InBounds();
        Encoder encoder = parts.Encoder();
        _network = Register("network", new ProjectionNetwork(encoder, Heads.Mlp(encoder.Features, [], options.Features)));
        _bank = Register("bank", new MemoryBank(parts.Pictures, options.Features));
        _contrast = Register("contrast", new NoiseContrast());
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => _options.Negatives == 0 ? Math.Log(_bank.Pictures) : NoiseContrast.Chance(_options.Negatives);

    /// <inheritdoc/>
    public override bool CanValidate => false;

    /// <summary>What is remembered of each picture.</summary>
    public MemoryBank Bank => _bank;

    /// <summary>Z of the noise-contrastive estimation; null before the first batch.</summary>
    public double? Constant => _contrast.Constant;

    /// <inheritdoc/>
    public override NpidStep Step(Batch batch)
    {
        Tensor f = Project(batch.View(0));                                                    // [N, D]
        double? constant = null;
        Tensor loss;
        if (_options.Negatives == 0)
        {
            Tensor own = Tensor.From([.. batch.Indices.Select(static i => (long)i)], batch.Count).To(f.Device);
            loss = CrossEntropy(MatMul(f, _bank.Rows.T) / _options.Temperature, own);         // n classes
        }
        else
        {
            long[] rows = MemoryBank.OwnFirst(batch.Indices, batch.Noise(use: 0, _options.Negatives, _bank.Pictures));
            Tensor scores = _bank.Products(f, rows) / _options.Temperature;                   // [N, 1 + K]
            constant = _contrast.ConstantFor(scores, _bank.Pictures);
            loss = NoiseContrast.Loss(scores, constant.Value, _bank.Pictures);
        }
        if (_options.Proximal > 0) loss += (f - _bank.Of(batch.Indices)).Pow(2).Sum() * (_options.Proximal / batch.Count);
        return new NpidStep(loss, f.Detach(), batch.Indices, constant);
    }

    /// <inheritdoc/>
    protected override void Remember(NpidStep step)
    {
        if (step.Constant is { } constant) _contrast.KeepFirst(constant);
        _bank.Move(step.Pictures, step.Features, _options.BankMomentum);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));
}

/// <summary>A step whose features move the bank.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Features">[N, D], fp32, constants of unit length.</param>
/// <param name="Pictures">[N]: each row's place in the bank.</param>
/// <param name="Constant">Z as this batch has it; null where the loss has none.</param>
public sealed record NpidStep(Tensor Loss, Tensor Features, IReadOnlyList<int> Pictures, double? Constant) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Features];
}
