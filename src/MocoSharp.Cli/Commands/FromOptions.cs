using System.CommandLine;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary><c>--from</c> and how its weights are taken.</summary>
internal sealed class FromOptions(string description)
{
    internal Option<string?> Path { get; } = new("--from", "--init") { Description = description, HelpName = "run|file" };

    internal Option<bool> AdaptChannels { get; } = new("--adapt-channels")
    {
        Description = "Take the weights of --from for pictures of other channels too: the first layer's are summed for one channel, else "
            + "repeated and scaled.",
    };

    /// <exception cref="MocoException">MS0001: channels of nothing are to be adapted.</exception>
    internal InitialEncoder? Of(ParseResult parse) => parse.GetValue(Path) is { } path
        ? new InitialEncoder(path, parse.GetValue(AdaptChannels))
        : !parse.GetValue(AdaptChannels) ? null
        : throw new UsageException("--adapt-channels adapts the weights of --from, which is not given", "name them: --from FILE");
}
