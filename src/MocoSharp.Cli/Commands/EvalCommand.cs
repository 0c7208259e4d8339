using System.CommandLine;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval</c>: what a run's features are worth.</summary>
internal static class EvalCommand
{
    internal static Command Create(CommandContext context) => new("eval", "Test what a run's features are worth.")
    {
        EvalKnnCommand.Create(context),
        EvalViewsCommand.Create(context),
        EvalLinearCommand.Create(context),
        EvalFineTuneCommand.Create(context),
        EvalSegmentationCommand.Create(context),
    };
}
