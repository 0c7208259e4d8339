namespace MocoSharp.Runs;

/// <summary>What happens in a training or a test, for an <see cref="IProgress{T}"/>. Reports come in order, on the thread that works, so a
/// receiver must return soon.</summary>
public abstract record RunProgress;

/// <summary>What is done next.</summary>
/// <param name="What">For people: "raw pixels", "filling the queue with real keys".</param>
public sealed record Doing(string What) : RunProgress;

/// <summary>Something that a person should know: a damaged checkpoint, an unreadable picture.</summary>
/// <param name="Text">A sentence.</param>
public sealed record RunWarning(string Text) : RunProgress;

/// <summary>Several processes have met to train together.</summary>
/// <param name="Text">Which this is, on which hosts they are and over which network.</param>
public sealed record RanksMet(string Text) : RunProgress;

/// <summary>Reports, where anybody listens.</summary>
internal static class RunProgressExtensions
{
    internal static void Doing(this IProgress<RunProgress>? progress, string what) => progress?.Report(new Doing(what));

    internal static void Warn(this IProgress<RunProgress>? progress, string text) => progress?.Report(new RunWarning(text));
}
