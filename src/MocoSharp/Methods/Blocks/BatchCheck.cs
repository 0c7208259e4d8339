namespace MocoSharp.Methods.Blocks;

/// <summary>What methods that compare the pictures of a batch ask of its size.</summary>
internal static class BatchCheck
{
    /// <summary>One picture has no other to be compared with, and no deviation.</summary>
    internal static void TwoOrMore(int batchSize)
    {
        if (batchSize < 2)
            throw new OptionException("training.batchSize", batchSize, "and the method compares the pictures of a batch",
                fix: "set it to 2 or more; hundreds are usual");
    }
}
