using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco recipes</c>: what can be trained, and each recipe's whole text.</summary>
internal static class RecipesCommand
{
    private const int Columns = 80;

    internal static Command Create(CommandContext context)
    {
        Command command = new("recipes", "List the recipes that come with moco.") { Show(context), Keys(context) };
        command.SetAction(_ => List(context));
        return command;
    }

    private static int List(CommandContext context)
    {
        List<RecipeEntry> entries = [.. RecipeFile.Names.Select(RecipeEntry.Of)];
        int width = entries.Max(static entry => entry.Name.Length);
        foreach (RecipeEntry entry in entries)
        {
            context.People.WriteLine($"{entry.Name.PadRight(width)}  {entry.Encoder}, {entry.ImageSize} px");
            foreach (string line in Wrapped(entry.What, Columns - 4)) context.People.WriteLine($"    {line}");
        }
        context.People.WriteLine();
        context.People.WriteLine("'moco recipes show NAME' prints one whole, with its source. To change one, keep");
        context.People.WriteLine("it as a file of your own: moco recipes show photos > mine.yaml");
        context.Result(new { recipes = entries });
        return ExitCode.Done;
    }

    /// <summary>A text in lines of so many characters; a word that is longer has a line of its own.</summary>
    private static IEnumerable<string> Wrapped(string text, int columns)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > columns)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }

    private static Command Keys(CommandContext context)
    {
        Argument<string?> part = new("part")
        {
            Description = "Only keys whose path holds this text: training, method, randomResizedCrop.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> markdown = new("--markdown") { Description = "As a page of Markdown, with what each key means." };
        Command command = new("keys", "List all keys that a recipe may have, what each takes, and its default.") { part, markdown };
        command.SetAction(parse =>
        {
            RecipeKey[] keys = [.. RecipeKey.All.Where(key =>
                $"{key.Path} {key.Of}".Contains(parse.GetValue(part) ?? "", StringComparison.OrdinalIgnoreCase))];
            if (parse.GetValue(markdown))
            {
                context.People.WriteLine(KeyPage.Of(keys));
                return ExitCode.Done;
            }
            Table table = new() { Border = TableBorder.None, ShowHeaders = true };
            table.AddColumns("key", "of", "takes", "default");
            foreach (RecipeKey key in keys) table.AddRow(new Text(key.Path), new Text(key.Of), new Text(key.Takes), new Text(key.Default));
            context.People.Write(table);
            context.Result(new { keys });
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        Argument<string> name = new("name") { Description = "A recipe's name, or the path of a recipe file." };
        Command command = new("show", "Print a recipe as YAML; a file of your own with all its defaults written out.") { name };
        command.SetAction(parse =>
        {
            string wanted = parse.GetRequiredValue(name);
            RecipeFile file = RecipeFile.Load(wanted);
            string text = RecipeFile.Names.Contains(wanted) ? RecipeFile.TextOf(wanted) : file.Text;
            if (context.IsJson) context.Result(new { name = file.Recipe.Name, text });
            else context.Terminal.Out.Profile.Out.Writer.Write(text);
            return ExitCode.Done;
        });
        return command;
    }
}
