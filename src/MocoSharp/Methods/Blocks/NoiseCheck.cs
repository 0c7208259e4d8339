namespace MocoSharp.Methods.Blocks;

/// <summary>What methods with noise samples from a bank ask of their number.</summary>
internal static class NoiseCheck
{
    /// <summary>One list holds the rows of all pictures of a batch.</summary>
    internal static void Countable(int negatives, int batchSize)
    {
        int most = Array.MaxLength / batchSize - 1;         // beside each picture's own row
        if (negatives > most)
            throw new OptionException("negatives", negatives, $"too many for a batch of {batchSize}",
                fix: $"set negatives to {most} or less, or lower training.batchSize");
    }
}
