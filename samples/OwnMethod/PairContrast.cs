using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace OwnMethod;

#region method
/// <summary>Settings of <see cref="PairContrast"/>.</summary>
/// <param name="ProjectionFeatures">D.</param>
/// <param name="Temperature">τ, above 0.</param>
public sealed record PairContrastOptions(int ProjectionFeatures = 128, double Temperature = 0.2) : MethodOptions;

/// <summary>Each first view finds its second view among those of the batch.</summary>
/// <remarks>Sohn 2016, "Improved deep metric learning with multi-class N-pair loss objective", with cosines.</remarks>
[Method("pair-contrast", typeof(PairContrastOptions))]
public sealed class PairContrast : Method
{
    private readonly ProjectionNetwork _network;
    private readonly double _temperature;
    private readonly int _batch;

    public PairContrast(MethodParts parts, PairContrastOptions options)
    {
        (_temperature, _batch) = (options.Temperature, parts.Batch);
        Encoder encoder = parts.Encoder();
        Layer head = Heads.Mlp(encoder.Features, [encoder.Features], options.ProjectionFeatures);
        _network = Register("network", new ProjectionNetwork(encoder, head));
    }

    public override Encoder Encoder => _network.Encoder;

    public override double? ChanceLoss => Math.Log(_batch);

    public override StepResult Step(Batch batch)
    {
        Tensor z1 = Project(batch.View(0)), z2 = Project(batch.View(1));      // [N, D]
        return new StepResult(CrossEntropy(MatMul(z1, z2.T) / _temperature, Tensor.Arange(batch.Count, device: z1.Device)));
    }

    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));
}
#endregion
