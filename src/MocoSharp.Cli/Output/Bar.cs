namespace MocoSharp.Cli.Output;

/// <summary>A bar of ten characters.</summary>
internal static class Bar
{
    private const int Length = 10;

    internal static string Of(double share)
    {
        int full = (int)(Math.Clamp(share, 0, 1) * Length);
        return new string('━', full) + new string('┄', Length - full);
    }
}
