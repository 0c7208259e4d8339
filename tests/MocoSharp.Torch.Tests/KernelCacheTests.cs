using System.Text.Json;

namespace MocoSharp.Torch.Tests;

/// <summary>Choices of kernels are measured once a machine and then kept in a file.</summary>
public sealed class KernelCacheTests : TensorTest
{
    private const string Empty = "{}";
    private readonly string _folder = Directory.CreateTempSubdirectory("moco-cache-").FullName;

    private string File => Path.Combine(_folder, "kernels.txt");

    [Fact]
    public void What_is_measured_is_a_line_of_the_file_by_level_threads_and_shape()
    {
        Kernels.SetCache(File, "for a test");
        Convolve(channels: 16);
        Assert.StartsWith("# for a test\n", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        KernelChoice choice = Assert.Single(KernelCache.Read(File));
        Assert.Equal($"{Kernels.Level} t{Runtime.Threads}", choice.Place);
        Assert.Equal("forward fp32 n2 c16 8x8 k16 3x3 s1x1 p1x1", choice.Convolution);
        Assert.Contains(choice.Implementation, (string[])["library", "columns", "winograd", "winograd4"]);
    }

    [Theory, InlineData("library"), InlineData("columns"), InlineData("winograd"), InlineData("winograd4")]
    public void A_process_takes_what_the_file_says(string implementation)
    {
        System.IO.File.WriteAllText(File, Line(implementation));
        Kernels.SetCache(File, "");
        Convolve(channels: 16);
        Assert.Equal(implementation, Chosen());
        Assert.Equal(Line(implementation), System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void What_another_process_has_measured_meanwhile_is_taken_too()
    {
        Kernels.SetCache(File, "");
        Convolve(channels: 32);
        System.IO.File.AppendAllText(File, Line("columns"));
        Convolve(channels: 16);
        Assert.Equal("columns", Chosen());
    }

    [Fact]
    public void A_reader_and_a_measurement_do_not_wait_for_each_other()
    {
        Kernels.SetCache(File, "");
        using FileStream reader = new(File, FileMode.Open, FileAccess.Read, FileShare.None);
        Thread measuring = new(() =>
        {
            using TensorScope scope = TensorScope.Begin();
            Convolve(channels: 16);
        })
        { IsBackground = true };
        measuring.Start();
        Assert.True(measuring.Join(TimeSpan.FromSeconds(30)), "it waits for the reader");
        Assert.NotNull(Chosen());
    }

    [Theory, InlineData("winograd nonsense"), InlineData("tiles"), InlineData("")]
    public void A_damaged_line_is_measured_anew(string implementation)
    {
        System.IO.File.WriteAllText(File, Line(implementation) + "half a li");
        Kernels.SetCache(File, "");
        Convolve(channels: 16);
        KernelChoice last = KernelCache.Read(File)[^1];
        Assert.Equal(Chosen(), last.Implementation);
        Assert.Contains(last.Implementation, (string[])["library", "columns", "winograd", "winograd4"]);
    }

    [Fact]
    public void The_choices_of_another_file_come_first()
    {
        System.IO.File.WriteAllText(File, "# another machine's\n" + Line("columns") + "amx t64 forward n2 = tiles\n");
        Assert.Equal(1, KernelCache.Use(File));
        Convolve(channels: 16, afresh: false);
        Assert.Equal("columns", Chosen());
    }

    [Fact]
    public void A_file_for_other_machines_or_none_is_refused_with_what_it_has()
    {
        System.IO.File.WriteAllText(File, "amx t64 forward n2 = tiles\n");
        TorchException other = Assert.Throws<TorchException>(() => KernelCache.Use(File));
        Assert.Equal(TorchErrorIds.KernelChoices, other.Id);
        Assert.Contains("amx t64", other.Message, StringComparison.Ordinal);
        Assert.Equal(TorchErrorIds.KernelChoices, Assert.Throws<TorchException>(() => KernelCache.Use(File + ".none")).Id);
    }

    protected override void Dispose(bool disposing)
    {
        Kernels.Choices = Empty;
        KernelCache.Open();
        Directory.Delete(_folder, recursive: true);
        base.Dispose(disposing);
    }

    private static string Line(string implementation) =>
        $"{Kernels.Level} t{Runtime.Threads} forward fp32 n2 c16 8x8 k16 3x3 s1x1 p1x1 = {implementation}\n";

    /// <summary>As a new process does, or one that has choices.</summary>
    private static void Convolve(int channels, bool afresh = true)
    {
        if (afresh) Kernels.Choices = Empty;
        using GradMode off = GradMode.Off();
        _ = Functional.Conv2d(Tensor.RandomNormal([2, channels, 8, 8]), Tensor.RandomNormal([channels, channels, 3, 3]), null, 1, 1, 1);
    }

    private static string? Chosen() => JsonSerializer.Deserialize<Dictionary<string, string>>(Kernels.Choices)!.Single().Value;
}
