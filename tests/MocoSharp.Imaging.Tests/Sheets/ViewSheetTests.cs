using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp.Imaging.Tests.Sheets;

public sealed class ViewSheetTests
{
    private const int Tile = 32, Margin = 16, Thin = 3, Wide = 14;

    [Fact]
    public void Without_random_steps_every_tile_is_the_original_since_normalization_is_undone()
    {
        using Pictures source = new(count: 3, side: 8);
        Image sheet = ViewSheet.Render(source, ViewRecipe.Same(2, new ViewPipeline([new CenterFit(8)], ChannelStats.Cifar10)), default,
            new ViewSheetOptions(Count: 3, Draws: 2, Tile: Tile));
        for (int row = 0; row < 3; row++)
            for (int column = 1; column < 5; column++) Assert.Equal(TileOf(sheet, row, 0), TileOf(sheet, row, column));
    }

    [Fact]
    public void Rows_are_pictures_and_columns_are_the_original_and_each_views_draws()
    {
        using Pictures source = new(count: 20, side: 8);
        Image sheet = ViewSheet.Render(source, ViewRecipes.CifarDemo(8), default, new ViewSheetOptions(Count: 4, Draws: 3, Tile: Tile));
        Assert.Equal(2 * Margin + 7 * Tile + 4 * Thin + 2 * Wide, sheet.Width);
        Assert.Equal(2 * Margin + 4 * Tile + 3 * Thin, sheet.Height);
        Assert.NotEqual(TileOf(sheet, 0, 1), TileOf(sheet, 0, 2));
    }

    [Fact]
    public void Small_pictures_are_enlarged_by_whole_steps_and_large_ones_shrunk_to_fit()
    {
        using Pictures small = new(count: 1, side: 10), large = new(count: 1, side: 400);
        ViewRecipe recipe = ViewRecipe.Same(1, new ViewPipeline([new CenterFit(8)], ChannelStats.Half));
        byte[] threefold = TileOf(ViewSheet.Render(small, recipe, default, new ViewSheetOptions(Draws: 1, Tile: Tile)), 0, 0);
        const int paper = 250;
        Assert.Equal(paper, threefold[0]);                                          // 32 holds 3 x 10 and a border of 1
        Assert.Equal(threefold[(Tile + 1) * 3], threefold[(3 * Tile + 3) * 3]);     // 3 x 3 pixels alike
        Assert.DoesNotContain((byte)paper,
            TileOf(ViewSheet.Render(large, recipe, default, new ViewSheetOptions(Draws: 1, Tile: Tile)), 0, 0));
    }

    [Fact]
    public void Local_views_are_as_much_smaller_as_they_are()
    {
        using Pictures source = new(count: 1, side: 16);
        ViewRecipe recipe = new([new ViewPipeline([new CenterFit(16)], ChannelStats.Half),
            new ViewPipeline([new CenterFit(4)], ChannelStats.Half)]);
        Image sheet = ViewSheet.Render(source, recipe, default, new ViewSheetOptions(Count: 1, Draws: 1, Tile: Tile));
        Assert.Equal([32, 32, 8], Enumerable.Range(0, 3).Select(column => Painted(sheet, Margin + column * (Tile + Wide))));
    }

    [Theory, InlineData(1, 4), InlineData(2, 4), InlineData(4, 2), InlineData(8, 1), InlineData(64, 1)]
    public void Many_views_have_fewer_draws_each(int views, int draws) => Assert.Equal(draws, ViewSheetOptions.DrawsOf(views));

    [Fact]
    public void Unreadable_pictures_are_passed_over_and_told_of()
    {
        int told = 0;
        using Pictures source = new(count: 4, side: 8, isBad: static index => index != 2);
        Image sheet = ViewSheet.Render(source, ViewRecipes.CifarDemo(8), default, new ViewSheetOptions(Count: 4, Draws: 1, Tile: Tile),
            passedOver: _ => told++);
        Assert.Equal(3, told);
        Assert.Equal(2 * Margin + Tile, sheet.Height);
    }

    [Fact]
    public void When_none_can_be_read_one_is_named()
    {
        using Pictures source = new(count: 4, side: 8, isBad: static _ => true);
        ImagingException error = Assert.Throws<ImagingException>(() => ViewSheet.Render(source, ViewRecipes.CifarDemo(8), default));
        Assert.Equal(ErrorIds.TooManyBadPictures, error.Id);
        Assert.StartsWith("picture ", error.At, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_of_two_channels_are_shown_in_gray()
    {
        using Pictures source = new(count: 1, side: 8, channels: 1);
        ViewRecipe sobel = ViewRecipe.Same(1, new ViewPipeline([new CenterFit(8), new Sobel()], ChannelStats.AsIs));
        byte[] tile = TileOf(ViewSheet.Render(source, sobel, new DecodeRequest(Color.Gray), new ViewSheetOptions(Draws: 1, Tile: Tile)), 0,
            1);
        for (int pixel = 0; pixel < tile.Length; pixel += 3) Assert.True(tile[pixel] == tile[pixel + 1] && tile[pixel] == tile[pixel + 2]);
    }

    /// <summary>How many pixels of the middle row of the tile that begins there are of a picture; its samples are below 200.</summary>
    private static int Painted(Image sheet, int left)
    {
        byte[] row = sheet.Row(Margin + Tile / 2).Slice(left * 3, Tile * 3).ToArray();
        return Enumerable.Range(0, Tile).Count(x => row[x * 3] < 240);
    }

    private static byte[] TileOf(Image sheet, int row, int column)
    {
        int draws = (sheet.Width - 2 * Margin) / (Tile + Thin) is var columns && columns >= 6 ? 3 : columns >= 4 ? 2 : 1;
        int left = Margin + column * (Tile + Thin) + (column == 0 ? 0 : 1 + (column - 1) / draws) * (Wide - Thin),
            top = Margin + row * (Tile + Thin);
        return [.. Enumerable.Range(top, Tile).SelectMany(y => sheet.Row(y).Slice(left * 3, Tile * 3).ToArray())];
    }

    private sealed class Pictures(int count, int side, int channels = 3, Func<int, bool>? isBad = null) : IImageSource
    {
        public int Count => count;

        public IReadOnlyList<string> Classes => [];

        public string Name(int index) => $"picture {index}";

        public int Label(int index) => -1;

        public Image Load(int index, DecodeRequest request)
        {
            if (isBad?.Invoke(index) == true) throw new BadImageException(ErrorIds.Corrupt, "it is broken", Name(index));
            Image image = new(side, side, channels);
            Rng rng = Rng.For(1, index);
            for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)rng.NextInt32(200);
            return image;
        }

        public void Dispose()
        {
        }
    }
}
