using MocoSharp.Runs;

namespace MocoSharp.Exchange.Tests;

public sealed class ResNetSpellingTests
{
    private static readonly string[] s_parts = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"],
        s_small = [.. s_parts.Except(["relu", "maxpool"])],
        s_layer = ["0.conv1.weight", "1.bn2.bias", "0.downsample.0.weight"],
        s_names = ["conv1.weight", "bn1.weight", "bn1.running_mean",
            .. Enumerable.Range(1, 4).SelectMany(static layer => s_layer, static (layer, part) => $"layer{layer}.{part}")];

    // what lightly's example models save: a Sequential of torchvision's children, twice with momentum, and a head
    [Theory, InlineData("backbone."), InlineData("state_dict.model.backbone."), InlineData("")]
    public void Numbered_children_get_their_names(string prefix)
    {
        string[] head = ["projection_head.layers.0.weight", "projection_head.layers.1.running_mean"];
        Assert.Equal([.. s_names.Select(name => prefix + name), .. head],
            ResNetSpelling.Usual([.. s_names.Select(name => prefix + Numbered(name, s_parts)), .. head]));
    }

    [Fact]
    public void Those_of_lightlys_small_network_too_with_its_shortcuts() => Assert.Equal([.. s_names.Select(name => "backbone." + name)],
        ResNetSpelling.Usual([.. s_names.Select(name => "backbone." + Numbered(name, s_small).Replace("downsample", "shortcut",
        StringComparison.Ordinal))]));

    [Fact]
    public void Shortcuts_are_found_in_networks_with_names() => Assert.Equal(
        ["module.encoder.layer2.0.downsample.0.weight", "shortcut.0.weight", "layerx.0.shortcut.0.weight"],
        ResNetSpelling.Usual(["module.encoder.layer2.0.shortcut.0.weight", "shortcut.0.weight", "layerx.0.shortcut.0.weight"]));

    [Fact]
    public void Other_networks_and_names_that_would_meet_stay_as_they_are()
    {
        string[] other = ["0.weight", "1.running_mean", "4.weight"], both = ["layer1.0.shortcut.0.weight", "layer1.0.downsample.0.weight"];
        Assert.Equal(other, ResNetSpelling.Usual(other));
        Assert.Equal(both, ResNetSpelling.Usual(both));
    }

    private static string Numbered(string name, string[] parts)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return Array.IndexOf(parts, name[..dot]) + name[dot..];
    }
}
