namespace MocoSharp.Evaluation;

/// <summary>How a test's first classifier is kept, for labeling other pictures.</summary>
/// <param name="Name">Its name in the run: letters, digits, '-', '_' and '.'.</param>
/// <param name="Precision">Also find the threshold at which this share of held-out labels is right; null for no threshold.</param>
public sealed record HeadOptions(string Name, double? Precision = null)
{
    /// <summary>The precision to keep it with; null, and a warning, where no threshold reaches it: nothing that was learned is
    /// lost.</summary>
    internal double? Reachable(HeldOut? heldOut, EvaluatedRun run)
    {
        if (Precision is not { } wanted) return null;
        try
        {
            if (heldOut is not null)
            {
                _ = heldOut.At(wanted);
                return wanted;
            }
            run.Warn("no label could be held out, so the classifier is kept without a threshold");
        }
        catch (MocoException error) when (error.Id == ErrorIds.PrecisionNotReached)
        {
            run.Warn($"{error.Message}; the classifier is kept without a threshold");
        }
        return null;
    }
}
