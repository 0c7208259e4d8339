namespace MocoSharp.Evaluation;

/// <summary>How a test that learns from labels was done.</summary>
/// <param name="Data">Where the pictures are.</param>
/// <param name="TestData">Where the test pictures are, when they are not beside them.</param>
/// <param name="Labels">How many labels a draw had.</param>
/// <param name="Seed">Of the draws.</param>
public sealed record LabelTestSettings(string Data, string? TestData, string Labels, ulong Seed)
{
    /// <summary>The CSV file that labels came from; null where they came from folders.</summary>
    public string? LabelFile { get; init; }

    /// <summary>The same for test labels that have a file of their own.</summary>
    public string? TestLabelFile { get; init; }

    /// <summary>Which features, of a linear test.</summary>
    public string? Features { get; init; }

    /// <summary>lbfgs or sgd, of a linear test.</summary>
    public string? Solver { get; init; }

    /// <summary>The descent's settings, of a linear test by sgd.</summary>
    public SgdOptions? Sgd { get; init; }

    /// <summary>What of the encoder stayed as it was, of fine-tuning.</summary>
    public string? Freeze { get; init; }

    /// <summary>Learning rates to choose from, of fine-tuning.</summary>
    public IReadOnlyList<double>? Rates { get; init; }

    /// <summary>The classifier's learning rate as a multiple of the encoder's, of fine-tuning.</summary>
    public double? HeadScale { get; init; }

    /// <summary>λ, of fine-tuning.</summary>
    public double? WeightDecay { get; init; }
}
