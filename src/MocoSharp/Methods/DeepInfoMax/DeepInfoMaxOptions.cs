namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>Settings of <see cref="DeepInfoMax"/>. The defaults are those of the local form, DIM(L); the global form, DIM(G), has weights 1, 0 and 1.</summary>
/// <param name="GlobalWeight">α, 0 or more: weight of the objective between the whole map and the features.</param>
/// <param name="LocalWeight">β, 0 or more: weight of the objective between each place of the map and the features. α or β must be above 0.</param>
/// <param name="PriorWeight">γ, 0 or more: weight of the adversarial match with the uniform distribution; 0 for none.</param>
/// <param name="Bound">Which lower bound of mutual information is raised.</param>
/// <param name="Features">Numbers a picture in the loss's space, Y; 64.</param>
/// <param name="Units">Width of the networks that compare; 2,048 in the paper, 1,024 in its comparison with CPC.</param>
/// <param name="LocalStage">The encoder's stage whose places are compared; null for its last but one.</param>
/// <param name="DiscriminatorRate">Constant learning rate of the discriminator's own Adam, above 0; 1e-4.</param>
public sealed record DeepInfoMaxOptions(
    double GlobalWeight = 0, double LocalWeight = 1, double PriorWeight = 0.1, InformationBound Bound = InformationBound.Jsd,
    int Features = 64, int Units = 2048, string? LocalStage = null, double DiscriminatorRate = 1e-4) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => OptionException.Require(batchSize >= 2, "training.batchSize", batchSize, "2 or more: another picture is what the own one is told from");

    internal DeepInfoMaxOptions Checked()
    {
        OptionException.Require(GlobalWeight >= 0, nameof(GlobalWeight), GlobalWeight, "0 or more");
        OptionException.Require(LocalWeight >= 0 && GlobalWeight + LocalWeight > 0, nameof(LocalWeight), LocalWeight, "0 or more, and above 0 where globalWeight is 0");
        OptionException.Require(PriorWeight >= 0, nameof(PriorWeight), PriorWeight, "0 or more");
        OptionException.Require(Features >= 1, nameof(Features), Features, "1 or more");
        OptionException.Require(Units >= 1, nameof(Units), Units, "1 or more");
        OptionException.Require(DiscriminatorRate > 0, nameof(DiscriminatorRate), DiscriminatorRate, "a number above 0");
        return this;
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
