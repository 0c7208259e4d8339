using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class SummaryCommandTests : Workbench
{
    [Fact]
    public void It_prints_each_layer_with_its_shape_and_the_sums_below()
    {
        Tool tool = Tool.Run("summary", Recipe).Succeeded();
        Assert.Contains(tool.Lines, static line => line.Contains("query.encoder.conv1", StringComparison.Ordinal)
            && line.Contains("8 x 16 x 16", StringComparison.Ordinal));
        Assert.Contains("tiny: one view of 3 x 16 x 16 (channels first) takes", tool.Out, StringComparison.Ordinal);
        foreach (string sum in new[] { "encoder ", "trained ", "checkpoint " })
            Assert.Contains($"  {sum}", tool.Out, StringComparison.Ordinal);
    }

    // conv1 is 3 · 3 · 3 · 8 weights at 16 · 16 places, two operations each
    [Fact]
    public void Json_counts_weights_and_work()
    {
        Tool tool = Tool.Run("summary", Recipe, "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        JsonElement conv = document.RootElement.GetProperty("layers").EnumerateArray()
            .Single(static layer => layer.GetProperty("name").GetString() == "query.encoder.conv1");
        Assert.Equal(216, conv.GetProperty("parameters").GetInt64());
        Assert.Equal(2 * 216 * 256, conv.GetProperty("flops").GetInt64());
    }

    [Fact]
    public void Settings_change_what_is_summed()
    {
        long Numbers(params string[] more)
        {
            using JsonDocument document = JsonDocument.Parse(Tool.Run(["summary", Recipe, "--json", .. more]).Succeeded().Out);
            return document.RootElement.EnumerateObject()
                .Single(static item => item.Name is "stateNumbers" or "state_numbers").Value.GetInt64();
        }
        Assert.Equal(16 * 16, Numbers("--set", "method.queueLength=32") - Numbers());        // sixteen more keys of 16 numbers
    }

    [Fact]
    public void A_patch_encoders_work_is_that_of_all_patches()
    {
        static long Flops(params string[] more)
        {
            using JsonDocument document = JsonDocument.Parse(Tool.Run(["summary", "cpc-cifar10", "--json", .. more]).Succeeded().Out);
            return document.RootElement.GetProperty("flops").GetInt64();
        }
        // 25 patches of 10 pixels have 2.8 times the pixels of one of 30; small maps are rounded up at each stride
        Assert.InRange(Flops() / (double)Flops("--set", "encoder.patches={ side: 30, stride: 30 }", "--set", "method.steps=1"), 2.8, 6.3);
    }

    [Theory, InlineData("dim-cifar10"), InlineData("amdim-cifar10"), InlineData("cpc-cifar10"), InlineData("cpc-stl10")]
    public void Shipped_recipes_that_shape_their_own_encoders_can_be_summed(string recipe) => Tool.Run("summary", recipe).Succeeded();
}
