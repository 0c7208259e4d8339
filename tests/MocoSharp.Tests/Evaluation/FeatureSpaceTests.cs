using MocoSharp.Encoders;
using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Methods.Cmc;

namespace MocoSharp.Tests.Evaluation;

/// <summary>Which features a method has, and what is said of those that it has not.</summary>
public sealed class FeatureSpaceTests : TensorTest
{
    [Fact]
    public void A_method_with_a_head_for_each_kind_of_view_says_that_and_names_what_there_is()
    {
        using Cmc cmc = new(new MethodParts(Tiny.EncoderOptions with { Name = "pair-resnet18-small" }, pictures: 8),
            new CmcOptions(Features: 8, Negatives: 4));
        MocoException error = Assert.Throws<MocoException>(() => new FeatureSpace("head1").Of(cmc));
        Assert.Equal(ErrorIds.UnknownFeatures, error.Id);
        Assert.Contains("one for each kind of view", error.Message, StringComparison.Ordinal);
        Assert.Contains("backbone, ", error.Fix, StringComparison.Ordinal);
        Assert.Contains("projected", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_is_not_there_is_answered_with_those_that_are()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        MocoException error = Assert.Throws<MocoException>(() => new FeatureSpace("layer9").Of(encoder));
        Assert.Contains("layer4", error.Fix, StringComparison.Ordinal);
    }
}
