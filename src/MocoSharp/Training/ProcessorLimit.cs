namespace MocoSharp.Training;

/// <summary>The one rule for counts of threads: never more than the processors that this process may use. More would wait for each other
/// and take memory.</summary>
public static class ProcessorLimit
{
    /// <summary>The count that is used.</summary>
    public static int Of(int wanted) => Math.Min(wanted, Environment.ProcessorCount);

    /// <summary>What people are told where fewer are used than they asked for; null where there is nothing to tell.</summary>
    /// <param name="setting">What they wrote: <c>--threads</c>, <c>data.workers</c>.</param>
    /// <param name="wanted">Its value.</param>
    public static string? Note(string setting, int wanted) => wanted <= Environment.ProcessorCount ? null
        : $"{setting} is {wanted}, and this machine has "
        + $"{(Environment.ProcessorCount == 1 ? "1 processor" : $"{Environment.ProcessorCount} processors")}: as many threads are used";
}
