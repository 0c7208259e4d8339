using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class DoctorCommandTests
{
    [Fact]
    public void It_names_processor_libtorch_BLAS_decoders_memory_and_speed()
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run("doctor", "--json").Succeeded().Out);
        Dictionary<string, string> texts = document.RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(static f => f.GetProperty("topic").GetString()!, static f => f.GetProperty("text").GetString()!);
        foreach (string topic in new[] { "processor", "cores", "memory", "huge pages", "disk", "JPEG", "PNG", "WebP", "threads", "kernels",
            "BLAS", "devices" })
            Assert.True(texts.ContainsKey(topic), topic);
        Assert.StartsWith("cpu", texts["devices"], StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+", texts["libtorch"]);
        Assert.Matches(@"bf16 [\d,]+, fp32 [1-9][\d,]* GFLOP/s", texts["speed"]);
    }

    [Fact]
    public void What_is_slow_says_how_to_mend_it()
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run("doctor", "--json").Succeeded().Out);
        foreach (JsonElement finding in document.RootElement.GetProperty("findings").EnumerateArray())
            Assert.Equal(finding.GetProperty("verdict").GetString() != "good", finding.TryGetProperty("fix", out _));
    }

    [Fact]
    public void For_people_it_is_a_line_a_finding()
    {
        Tool tool = Tool.Run("doctor").Succeeded();
        Assert.Contains(tool.Lines, static line => line.Contains("libtorch", StringComparison.Ordinal));
        Assert.Matches("All", tool.Lines[^1]);
    }
}
