using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Tests.Recipes;

public sealed class YamlEditTests
{
    private static readonly YamlDocumentFile s_file = YamlDocumentFile.Parse(SampleRecipe.Yaml, "mine.yaml");

    [Fact]
    public void An_edit_replaces_a_value() => Assert.Equal(5, Bind("training.epochs=5").Training.Epochs);

    [Fact]
    public void An_edit_leaves_the_file_it_came_from_as_it_was()
    {
        _ = s_file.With("training.epochs", "5");
        Assert.Equal(200, SampleRecipe.Binder.Bind<SampleRecipe>(s_file).Training.Epochs);
    }

    [Fact]
    public void An_edit_adds_a_value_that_was_left_out() => Assert.Equal(7, Bind("training.warmup=7").Training.Warmup);

    [Fact]
    public void An_edit_takes_yaml_in_brackets() =>
        Assert.Equal(new Crop(32, new Interval(0.5f, 0.75f)), Bind("views.0.crop.area=[0.5, 0.75]").Views[0]);

    [Fact]
    public void An_edit_takes_text_as_it_is() => Assert.Equal("C:\\pictures: all #1", Bind("notes=C:\\pictures: all #1").Notes);

    [Fact]
    public void An_edit_replaces_an_item_of_a_list() => Assert.Equal(new Flip(0.1f), Bind("views.2={flip: {chance: 0.1}}").Views[2]);

    [Fact]
    public void An_edit_one_past_the_last_item_adds_one() => Assert.Equal(new Flip(), Bind("views.3=flip").Views[3]);

    [Theory]
    [InlineData("training.epoch=5",
        "MS2005: training has no key 'epoch'\n  at --set training.epoch=5\n  did you mean 'epochs'? training takes: epochs, rate, "
        + "milestones, precision, warmup, images, palette")]
    [InlineData("trainin.epochs=5",
        "MS2005: the recipe has no key 'trainin'\n  at --set trainin.epochs=5\n  did you mean 'training'? the recipe takes: title, "
        + "method, training, views, deterministic, notes, seed")]
    [InlineData("training.epochs=many",
        "MS2007: training.epochs takes a whole number, and many is written\n  at --set training.epochs=many\n  write digits only, such "
        + "as 200; at most 2147483647")]
    [InlineData("method.temperature=0",
        "MS2099: temperature is 0, so the loss is not defined\n  at --set method.temperature=0\n  set it above 0; papers use 0.07 to 0.5")]
    [InlineData("views.7=flip",
        "MS2010: views is a list of 3 and has no item '7'\n  at --set views.7=flip\n  write a number from 0 to 2, or 3 to add one")]
    [InlineData("views.first=flip",
        "MS2010: views is a list of 3 and has no item 'first'\n  at --set views.first=flip\n  write a number from 0 to 2, or 3 to add one")]
    [InlineData("training.epochs.x=5",
        "MS2010: training.epochs is the single value 200, so it has no 'x'\n  at --set training.epochs.x=5\n  set training.epochs as a "
        + "whole")]
    [InlineData("training..x=5",
        "MS2010: the path 'training..x' has an empty part\n  at --set training..x=5\n  join keys by single dots, such as training.epochs")]
    [InlineData("training.epochs",
        "MS2010: 'training.epochs' is no edit\n  at --set training.epochs\n  write path=value, such as training.epochs=5")]
    public void A_wrong_edit_is_named_as_the_place(string assignment, string expected) =>
        Assert.Equal(expected, ErrorText.Of(() => Bind(assignment)));

    private static SampleRecipe Bind(string assignment) => SampleRecipe.Binder.Bind<SampleRecipe>(s_file.With(assignment));
}
