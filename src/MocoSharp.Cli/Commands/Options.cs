using System.CommandLine;

namespace MocoSharp.Cli.Commands;

/// <summary>Options that several commands share, so that they mean and say the same everywhere.</summary>
internal static class Options
{
    internal static Argument<string> Recipe() => new("recipe") { Description = "A recipe's name (see 'moco recipes') or the path of a recipe file." };

    internal static Argument<string> Run() => new("run") { Description = "The folder of a run." };

    internal static Option<string?> Data(string description) => new("--data") { Description = description, HelpName = "dir" };

    internal static Option<string?> Test() => new("--test") { Description = "Other pictures for the kNN test than those beside the training pictures.", HelpName = "dir" };

    internal static Option<string> Labels() => new("--labels")
    {
        Description = "Where labels come from: auto, none, folders, or a CSV file with columns file and label. Training never needs them; tests do.",
        HelpName = "auto|none|folders|file.csv",
        DefaultValueFactory = static _ => "auto",
    };

    internal static Option<int?> StopAfter() => AtLeastOne("--stop-after", "epochs", "Stop when so many epochs are done, with the schedule unchanged; 'moco resume' goes on.");

    internal static Option<int?> Threads() => AtLeastOne("--threads", "count", "Threads of the training step. Default: all cores. Weights are bit-equal only for equal counts.");

    internal static Option<string[]> Set() => new("--set")
    {
        Description = "Change one value of the recipe; may be given often: --set training.batchSize=128 --set method.queueLength=4096.",
        HelpName = "key=value",
        DefaultValueFactory = static _ => [],
    };

    internal static Option<int?> AtLeastOne(string name, string unit, string description)
    {
        Option<int?> option = new(name) { Description = description, HelpName = unit };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any()) return;
            if (result.GetValueOrDefault<int?>() is < 1) result.AddError($"{name} takes 1 or more");
        });
        return option;
    }

    internal static Option<double?> Positive(string name, string unit, string description)
    {
        Option<double?> option = new(name) { Description = description, HelpName = unit };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any()) return;
            if (result.GetValueOrDefault<double?>() is <= 0 or double.NaN) result.AddError($"{name} takes a number above 0");
        });
        return option;
    }
}
