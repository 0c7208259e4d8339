using MocoSharp.Torch;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Threads that a person asked for, within <see cref="ProcessorLimit"/>.</summary>
internal static class ThreadChoice
{
    /// <summary>Sets libtorch's; null leaves them.</summary>
    internal static void Use(CommandContext context, int? threads)
    {
        if (Within(context, "--threads", threads) is { } count) Runtime.Threads = count;
    }

    /// <summary>The count that is used; says where it is less than the one asked for.</summary>
    internal static int? Within(CommandContext context, string option, int? wanted)
    {
        if (wanted is not { } count) return null;
        if (ProcessorLimit.Note(option, count) is { } note) context.Warn(note);
        return ProcessorLimit.Of(count);
    }
}
