using MocoSharp.Cli.Diagnostics;

namespace MocoSharp.Cli.Tests.Diagnostics;

public sealed class GraphicsCardsTests : Workbench
{
    [Fact]
    public void Cards_that_libtorch_uses_are_named()
    {
        Finding finding = GraphicsCards.Of(2, ["NVIDIA A", "NVIDIA A"]);
        Assert.Equal("cpu, cuda:0 (NVIDIA A), cuda:1 (NVIDIA A)", finding.Text);
        Assert.Null(finding.Fix);
    }

    [Fact]
    public void Unequal_cards_go_without_names_for_libtorch_may_count_them_in_another_order() =>
        Assert.Equal("cpu, cuda:0, cuda:1", GraphicsCards.Of(2, ["NVIDIA A", "NVIDIA B"]).Text);

    [Fact]
    public void A_card_that_libtorch_cannot_use_is_named_with_what_to_install()
    {
        Finding finding = GraphicsCards.Of(0, ["NVIDIA A"]);
        Assert.Equal("cpu alone: this libtorch cannot use NVIDIA A", finding.Text);
        Assert.Contains("MOCOSHARP_LIBTORCH", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_card_there_is_the_processor() => Assert.Equal("cpu; there is no NVIDIA card", GraphicsCards.Of(0, []).Text);

    [Fact]
    public void Names_are_read_as_the_driver_writes_them()
    {
        Directory.CreateDirectory(At("0000:01:00.0"));
        File.WriteAllText(At("0000:01:00.0", "information"), "Model: \t\t NVIDIA A\nIRQ:   \t\t 42\n");
        Assert.Equal(["NVIDIA A"], GraphicsCards.Names(Root));
    }
}
