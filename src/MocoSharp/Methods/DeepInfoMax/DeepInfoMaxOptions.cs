namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>Settings of <see cref="DeepInfoMax"/>. The defaults are those of the local form, DIM(L); the global form, DIM(G), has weights
/// 1, 0 and 1.</summary>
/// <param name="GlobalWeight">α, 0 or more: weight of the objective between the whole map and the features.</param>
/// <param name="LocalWeight">β, 0 or more: weight of the objective between each place of the map and the features. α or β must be above
/// 0.</param>
/// <param name="PriorWeight">γ, 0 or more: weight of the adversarial match with the uniform distribution; 0 for none.</param>
/// <param name="Bound">Which lower bound of mutual information is raised.</param>
/// <param name="Features">Numbers a picture in the loss's space, Y; 64.</param>
/// <param name="Units">Width of the networks that compare; 2,048 in the paper, 1,024 in its comparison with CPC.</param>
/// <param name="LocalStage">The encoder's stage whose places are compared; null for its last but one.</param>
/// <param name="DiscriminatorRate">Constant learning rate of the discriminator's own Adam, above 0; 1e-4.</param>
/// <param name="Side">Side of the views in pixels, which the global objective has to know; null for the encoder's own, where it is made for
/// one.</param>
public sealed record DeepInfoMaxOptions(
    [Bounds(0, 1000)] double GlobalWeight = 0, [Bounds(0, 1000)] double LocalWeight = 1, [Bounds(0, 1000)] double PriorWeight = 0.1,
    InformationBound Bound = InformationBound.Jsd, [Bounds(1, 16384)] int Features = 64, [Bounds(1, 16384)] int Units = 2048,
    string? LocalStage = null,
    [Bounds(0, 1000, ExceptLeast = true)] double DiscriminatorRate = 1e-4, [Bounds(1, 4096)] int? Side = null) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) =>
        OptionException.Require(batchSize >= 2, "training.batchSize", batchSize,
        "2 or more: another picture is what the own one is told from");

    internal DeepInfoMaxOptions Checked()
    {
        OptionException.Require(GlobalWeight + LocalWeight > 0, nameof(LocalWeight), LocalWeight,
            "0 or more, and above 0 where globalWeight is 0");
        return this.InBounds();
    }
}

/// <summary>A lower bound of the mutual information between two representations of a picture.</summary>
public enum InformationBound
{
    /// <summary>Jensen and Shannon's: own pairs against others, one at a time. Steady with few negatives.</summary>
    Jsd,

    /// <summary>Pick the own pair among all others; gains from large batches.</summary>
    InfoNce,

    /// <summary>Donsker and Varadhan's: the mean of own scores above the log mean exp of the others'.</summary>
    Dv,
}
