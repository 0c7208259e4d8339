using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Evaluation;

public sealed class ConfusionPictureTests
{
    [Fact]
    public void Right_predictions_are_green_wrong_ones_red_and_absent_ones_white()
    {
        const int Classes = 41;         // too many to be named: colors alone
        string[] names = Filled.Names(Classes);
        Image image = ConfusionPicture.Render(new ConfusionMatrix(names, [0, 1], [0, 2]));
        int cell = 800 / Classes;
        byte[] At(int truth, int prediction)
        {
            int x = 12 + prediction * cell + cell / 2, y = 12 + truth * cell + cell / 2;
            return image.Samples[(3 * (y * image.Width + x))..][..3];
        }
        Assert.True(At(0, 0) is [< 100, > 180, < 100]);
        Assert.True(At(1, 2) is [255, < 100, < 100]);
        Assert.Equal([255, 255, 255], At(0, 1));
    }

    [Fact]
    public void Names_and_percentages_are_written_and_long_names_cut()
    {
        Image named = ConfusionPicture.Render(new ConfusionMatrix(["Ab", new string('z', 60)], [0, 0, 1], [0, 1, 1]));
        Assert.InRange(named.Width, 72, 400);
        Assert.Contains(named.Samples.Chunk(3), static pixel => pixel is [0, 0, 0]);
    }

    [Fact]
    public void Counts_of_several_tests_add_up()
    {
        ConfusionMatrix one = new(["a", "b"], [0, 1], [0, 0]), sum = ConfusionMatrix.Sum([one, one]);
        Assert.Equal((4, 2, 2, 0.5), (sum.Total, sum.Hits, sum[1, 0], sum.PrecisionOf(0)));
        Assert.Equal((0, null), (sum.MistakenFor(1), sum.MistakenFor(0)));
    }
}
