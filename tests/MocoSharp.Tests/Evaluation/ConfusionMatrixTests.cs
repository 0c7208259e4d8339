using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public sealed class ConfusionMatrixTests
{
    private static readonly ConfusionMatrix s_matrix = new(["a", "b", "c"], [0, 0, 0, 1, -1], [0, 0, 1, 1, 1]);

    [Fact]
    public void Rows_are_true_classes_and_columns_predictions()
    {
        Assert.Equal((2, 1, 1, 0), (s_matrix[0, 0], s_matrix[0, 1], s_matrix[1, 1], s_matrix[1, 0]));
        Assert.Equal((4, 3), (s_matrix.Total, s_matrix.Hits));
    }

    [Fact]
    public void A_class_without_rows_has_no_accuracy_and_no_part_in_the_mean()
    {
        Assert.Equal(0.75, s_matrix.Accuracy);
        Assert.Equal(2 / 3.0, s_matrix.AccuracyOf(0), precision: 12);
        Assert.Equal(double.NaN, s_matrix.AccuracyOf(2));
        Assert.Equal(5 / 6.0, s_matrix.MeanClassAccuracy, precision: 12);
    }

    [Fact]
    public void Nothing_counted_is_no_accuracy() => Assert.Equal(double.NaN, new ConfusionMatrix(["a"], [-1], [0]).Accuracy);
}
