namespace MocoSharp.Methods.EmpSsl;

/// <summary>Settings of <see cref="EmpSsl"/>. The defaults are the original's.</summary>
/// <param name="AgreementWeight">What the patches' cosine with their mean counts beside the coding rate; 200.</param>
/// <param name="Distortion">ε² of the coding rate, above 0; 0.2.</param>
/// <param name="ProjectionFeatures">D, numbers a projection; 1,024.</param>
/// <param name="HiddenFeatures">Width of the projector's two hidden layers; 4,096.</param>
public sealed record EmpSslOptions(
    [Bounds(0, 1_000_000)] double AgreementWeight = 200, [Bounds(0, 1000, ExceptLeast = true)] double Distortion = 0.2,
    [Bounds(1, 16384)] int ProjectionFeatures = 1024, [Bounds(1, 16384)] int HiddenFeatures = 4096) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (batchSize < 2)
            throw new OptionException("training.batchSize", batchSize, "and a coding rate needs pictures to tell apart",
                fix: "set training.batchSize to 2 or more");
    }
}
