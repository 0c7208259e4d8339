namespace MocoSharp.Evaluation;

/// <summary>What only fine-tuning has.</summary>
/// <param name="Epochs">Passes over the labels.</param>
/// <param name="HeldOut">A draw's rates and what came of them.</param>
public sealed record FineTuneDetails(int Epochs, IReadOnlyList<IReadOnlyList<TriedRate>> HeldOut);
