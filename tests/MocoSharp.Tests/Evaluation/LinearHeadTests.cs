using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public sealed class LinearHeadTests
{
    [Fact]
    public void Weights_for_features_as_they_are_give_the_probabilities_of_the_standardized_ones()
    {
        FeatureSet train = Filled.Features("head", "train", 90, 7, 3, 2);
        for (int i = 0; i < train.Values.Length; i++) train.Values[i] = train.Values[i] * (1 + i % 7) + 10 * (i % 7);
        LogisticModel model = LogisticRegression.Fit(train, new LogisticOptions([0.1]), TestContext.Current.CancellationToken);
        float[] expected = model.Probabilities(train), actual = new float[expected.Length];
        LinearHead head = model.ToHead();
        for (int i = 0; i < train.Count; i++) head.Apply(train.Row(i), actual.AsSpan(3 * i, 3));
        Tolerance.Close(expected, actual, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(37)]
    public void Blocks_of_any_length_give_the_plain_sums(int dimensions)
    {
        const int Classes = 3;
        for (int count = 1; count <= RowBlock.Rows; count++)
        {
            float[] rows = Filled.Inputs("rows", count * dimensions), parameters = Filled.Inputs("parameters", Classes * (dimensions + 1)),
                scores = new float[RowBlock.Rows * Classes];
            float[] slopes = new float[parameters.Length], expected = new float[count * Classes],
                expectedSlopes = new float[parameters.Length];
            RowBlock.Scores(parameters, rows, dimensions, Classes, scores);
            RowBlock.AddSlopes(scores, rows, dimensions, Classes, slopes);
            for (int r = 0; r < count; r++)
                for (int c = 0; c < Classes; c++)
                {
                    double sum = parameters[Classes * dimensions + c];
                    for (int d = 0; d < dimensions; d++) sum += (double)parameters[c * dimensions + d] * rows[r * dimensions + d];
                    expected[r * Classes + c] = (float)sum;
                    for (int d = 0; d < dimensions; d++) expectedSlopes[c * dimensions + d] += (float)sum * rows[r * dimensions + d];
                    expectedSlopes[Classes * dimensions + c] += (float)sum;
                }
            Tolerance.Close(expected, scores.AsSpan(0, expected.Length), 1e-5);
            Tolerance.Close(expectedSlopes, slopes, 1e-5);
        }
    }

    [Theory]
    [InlineData("10%", null, 0.1, "10pct")]
    [InlineData("0.5%", null, 0.005, "0.5pct")]
    [InlineData("100%", null, 1.0, "100pct")]
    [InlineData("5-per-class", 5, null, "5-per-class")]
    public void A_number_of_labels_is_read_and_written(string text, int? perClass, double? share, string file)
    {
        LabelBudget budget = LabelBudget.TryParse(text)!;
        Assert.Equal((perClass, share, text, file), (budget.ClassCount, budget.ClassShare, budget.ToString(), budget.FileName));
    }

    [Theory]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("ten")]
    [InlineData("0-per-class")]
    [InlineData("5")]
    public void Other_texts_are_no_number_of_labels(string text) => Assert.Null(LabelBudget.TryParse(text));
}
