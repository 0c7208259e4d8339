using MocoSharp.Torch;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Which kernels were chosen on this machine.</summary>
internal static class KernelReport
{
    internal static int Write(CommandContext context)
    {
        Runtime.Start();
        string? file = KernelCache.File;
        IReadOnlyList<KernelChoice> choices = file is null ? [] : KernelCache.Read(file);
        foreach (IGrouping<string, KernelChoice> place in choices.GroupBy(static choice => choice.Place))
        {
            Table table = new Table().Border(TableBorder.Simple).AddColumns(place.Key, "kernel");
            foreach (KernelChoice choice in place) table.AddRow(Markup.Escape(choice.Convolution), choice.Implementation);
            context.People.Write(table);
        }
        context.People.WriteLine(file is null ? $"Choices are not kept: {KernelCache.Problem}"
            : $"{Numbers.Plural(choices.Count, "choice", "choices")} in {file}");
        context.Result(new { file, problem = KernelCache.Problem, choices });
        return file is null ? ExitCode.Failed : ExitCode.Done;
    }

    internal static int Clear(CommandContext context)
    {
        int files = KernelCache.Clear();
        context.People.WriteLine(files == 0 ? $"There are no kernel choices in {KernelCache.Folder}."
            : $"Deleted {Numbers.Plural(files, "file", "files")} of kernel choices in {KernelCache.Folder}.");
        context.Result(new { folder = KernelCache.Folder, deleted = files });
        return ExitCode.Done;
    }
}
