namespace MocoSharp.Methods.Amdim;

/// <summary>Settings of <see cref="Amdim"/>; the network's sizes are the encoder's. The defaults are the authors'.</summary>
/// <param name="Clip">c, above 0: scores are bent to ±c by c · tanh(u / c); 20.</param>
/// <param name="Regularization">λ, 0 or more: weight of the mean squared score before it is clipped; 0.05.</param>
public sealed record AmdimOptions([Bounds(0, 1000, ExceptLeast = true)] double Clip = 20, [Bounds(0, 1000)] double Regularization = 0.05)
    : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) =>
        OptionException.Require(batchSize >= 2, "training.batchSize", batchSize,
        "2 or more: another picture is what the own one is told from");
}
