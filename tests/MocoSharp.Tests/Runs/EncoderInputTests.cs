using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Tests.Runs;

public sealed class EncoderInputTests
{
    public static TheoryData<string> Names => [.. RecipeFile.Names];

    [Theory, MemberData(nameof(Names))]
    public void Every_recipes_input_is_written_and_read_back(string name)
    {
        EncoderInput input = EncoderInput.Of(RecipeFile.Load(name).Recipe), read = EncoderInput.Parse(input.ToJson());
        Assert.Equal(input.Reading, read.Reading);
        Assert.Equal(input.View.Steps, read.View.Steps);
        int channels = input.View.Output(input.Reading.Channels).Channels;
        for (int c = 0; c < channels; c++)
        {
            Assert.Equal(input.View.Stats.Mean[input.View.Stats.Mean.Count == 1 ? 0 : c], read.View.Stats.Mean[c]);
            Assert.Equal(input.View.Stats.Deviation[input.View.Stats.Deviation.Count == 1 ? 0 : c], read.View.Stats.Deviation[c]);
        }
    }

    [Fact]
    public void Numbers_are_those_that_a_reader_needs()
    {
        string json = EncoderInput.Of(RecipeFile.Load("moco-cifar10").Recipe).ToJson();
        Assert.Equal("""{"color":"rgb","size":[3,32,32],"""
            + """ "steps":[{"op":"center_fit","size":32,"resize":37,"share":0.875,"interpolation":"bilinear"}],""".TrimStart()
            + """ "mean":[0.4914,0.4822,0.4465],"std":[0.2023,0.1994,0.201]}""".TrimStart(), json);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Background_and_range_come_along(bool ofPicture)
    {
        string[] set = ["data.background=[255,255,255]", ofPicture ? "data.rangeOf=picture" : "data.range=[0,4095]"];
        Recipe recipe = RecipeFile.Load("moco-cifar10", set).Recipe;
        EncoderInput input = EncoderInput.Parse(EncoderInput.Of(recipe).ToJson());
        Assert.Equal(recipe.Data.Request(), input.Settings().Request());
        Assert.Equal((new Rgb(255, 255, 255), ofPicture ? SampleRange.OfPicture : new SampleRange(0, 4095)),
            (input.Reading.Background, input.Reading.Range));
        Assert.DoesNotContain("range", EncoderInput.Of(RecipeFile.Load("moco-cifar10").Recipe).ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_and_their_ranges_come_along()
    {
        string[] set = ["data.channels=[red,_,infrared,depth]", "data.ranges=[[0,4095],[100,200],[-1.5,2]]", "encoder.channels=3"];
        Recipe recipe = RecipeFile.Load("moco-cifar10", set).Recipe;
        EncoderInput input = EncoderInput.Parse(EncoderInput.Of(recipe).ToJson());
        Assert.Equal(recipe.Data.Request(), input.Settings().Request());
        Assert.Equal(["red", "infrared", "depth"], input.Reading.Bands!.Used);
        Assert.Equal(new SampleRange(-1.5, 2), input.Reading.Bands.Ranges[2]);
    }

    [Fact]
    public void The_key_that_asked_for_each_pictures_range_is_read_still()
    {
        Assert.Equal(RangeOf.Picture, Read("true"));
        Assert.Equal(RangeOf.Type, Read("false"));
        static RangeOf Read(string value)
        {
            string path = Path.GetTempFileName();
            File.WriteAllText(path, RecipeFile.TextOf("moco-cifar10") + $"\ndata: {{ rangeOfPicture: {value} }}\n");
            try { return RecipeFile.Load(path).Recipe.Data.RangeOf; }
            finally { File.Delete(path); }
        }
    }

    [Fact]
    public void An_operation_without_a_form_of_its_own_is_written_as_a_recipe_writes_it()
    {
        ViewPipeline view = new([new CenterCrop(16), new Solarize(0.25f, Chance: 1)], ChannelStats.Half);
        EncoderInput input = new(new DecodeRequest(), view);
        Assert.Equal(input.View.Steps, EncoderInput.Parse(input.ToJson()).View.Steps);
    }

    [Theory, InlineData("{}"), InlineData("[]"), InlineData("3"), InlineData("{")]
    [InlineData("""{"color":"rgb","size":[3,8,8],"steps":[{"op":"fly"}],"mean":[0],"std":[1]}""")]
    public void Damage_is_told(string text) => Assert.ThrowsAny<System.Text.Json.JsonException>(() => EncoderInput.Parse(text));
}
