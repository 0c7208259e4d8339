using MocoSharp.Runs;

namespace MocoSharp.Exchange.Tests;

public sealed class KeyMatchTests
{
    private static readonly NamedShape[] s_network = [new("conv1.weight", [8, 3, 3, 3]), new("bn1.weight", [8]),
        new("bn1.num_batches_tracked", [])];

    [Theory, InlineData(""), InlineData("module."), InlineData("_orig_mod."), InlineData("state_dict.module.encoder_q.")]
    public void What_stands_before_the_names_is_found(string prefix)
    {
        KeyMatch match = KeyMatch.Of([new(prefix + "fc.weight", [2, 8]),
            .. s_network.Select(item => item with { Name = prefix + item.Name })], s_network);
        Assert.Equal((prefix, true), (match.Prefix, match.IsWhole));
        Assert.Equal(s_network.Select(static item => item.Name), match.Matched);
        Assert.Equal([prefix + "fc.weight"], match.Unused);
    }

    [Fact]
    public void Of_two_whole_networks_the_first_is_taken()
    {
        KeyMatch match = KeyMatch.Of([.. from prefix in new[] { "encoder_q.", "encoder_k." }
                                         from item in s_network
                                         select item with { Name = prefix + item.Name }], s_network);
        Assert.Equal("encoder_q.", match.Prefix);
        Assert.Equal(3, match.Unused.Count);
    }

    [Fact]
    public void Counters_of_batches_may_be_missing_and_nothing_else_may()
    {
        Assert.True(KeyMatch.Of(s_network[..2], s_network).IsWhole);
        Assert.False(KeyMatch.Of(s_network[1..], s_network).IsWhole);
        KeyMatch other = KeyMatch.Of([s_network[0] with { Shape = [8, 3, 7, 7] }, .. s_network[1..]], s_network);
        Assert.False(other.IsWhole);
        KeyMisfit misfit = Assert.Single(other.Misfits);
        Assert.Equal([8, 3, 7, 7], misfit.File);
    }
}
