using System.Globalization;
using MocoSharp.Features;
using MocoSharp.Imaging;

namespace MocoSharp.Evaluation;

/// <summary>Draws a confusion matrix: a row a class, a column a prediction, each cell the percentage of its row.</summary>
/// <remarks>Right predictions are green, wrong ones red; the stronger, the more. Of more than <see cref="MostNamed"/> classes only the
/// colors are drawn.</remarks>
public static class ConfusionPicture
{
    /// <summary>More classes than this make a picture that nobody can look at.</summary>
    public const int MostClasses = 1000;

    private const int MostNamed = 40, LongestName = 140, Margin = 12;

    /// <summary>Draws.</summary>
    public static Image Render(ConfusionMatrix confusion)
    {
        int classes = confusion.Classes.Count;
        bool named = classes <= MostNamed;
        string[] names = [.. confusion.Classes.Select(name => named ? Lettering.Shortened(name, LongestName) : "")];
        int cell = named ? 38 : Math.Max(2, 800 / classes), left = Margin
            + (named ? names.Max(Lettering.Width) + 6 : 0);
        int top = Margin + (named ? left - Margin : 0);
        Image image = new(left + classes * cell + Margin, top + classes * cell + Margin, 3);
        image.Samples.AsSpan().Fill(255);
        for (int truth = 0; truth < classes; truth++)
        {
            int y = top + truth * cell;
            if (named)
            {
                Lettering.Write(image, names[truth], left - 6 - Lettering.Width(names[truth]), y + (cell - Lettering.Height) / 2);
                Lettering.WriteUp(image, names[truth], left + truth * cell + (cell - Lettering.Height) / 2, top - 6);
            }
            for (int prediction = 0; prediction < classes; prediction++)
                Cell(image, confusion, truth, prediction, left + prediction * cell, y, cell, named);
        }
        return image;
    }

    private static void Cell(Image image, ConfusionMatrix confusion, int truth, int prediction, int x, int y, int cell, bool named)
    {
        int rows = confusion.CountOf(truth);
        double share = rows == 0 ? 0 : (double)confusion[truth, prediction] / rows;
        byte weak = (byte)(255 - 175 * Math.Sqrt(share));
        (byte R, byte G, byte B) color = truth == prediction ? (weak, (byte)(255 - 60 * share), weak) : ((byte)255, weak, weak);
        int gap = cell > 4 ? 1 : 0;
        for (int row = y; row < y + cell - gap; row++)
            for (int column = x; column < x + cell - gap; column++)
                (image.Samples[3 * (row * image.Width + column)], image.Samples[3 * (row * image.Width + column) + 1],
                    image.Samples[3 * (row * image.Width + column) + 2]) = color;
        string text = Math.Round(100 * share).ToString(CultureInfo.InvariantCulture);
        if (named && text != "0") Lettering.Write(image, text, x + (cell - Lettering.Width(text)) / 2, y + (cell - Lettering.Height) / 2);
    }
}
