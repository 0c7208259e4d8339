using MocoSharp.Recipes;

namespace MocoSharp.Tests.Recipes;

public sealed class EncoderKeyTests
{
    [Fact]
    public void A_key_that_only_other_encoders_have_is_named_and_the_fix_that_is_told_works()
    {
        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Load("mae-cifar10", ["encoder.name=resnet18"]));
        Assert.Contains("encoder resnet18 has no key 'patchSize', which others have", error.Message, StringComparison.Ordinal);
        Assert.Contains("--set \"encoder={ name: resnet18 }\"", error.Fix, StringComparison.Ordinal);
        Assert.Equal("resnet18", RecipeFile.Load("simclr-cifar10", ["encoder={ name: resnet18 }"]).Recipe.Encoder.Name);
    }

    [Fact]
    public void A_key_that_no_encoder_has_is_told_with_the_nearest_one()
    {
        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Load("mae-cifar10", ["encoder.pathSize=4"]));
        Assert.StartsWith("did you mean 'patchSize'?", error.Fix, StringComparison.Ordinal);
    }
}
