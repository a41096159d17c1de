using System;
using System.Globalization;
using System.Management.Automation;

namespace CoreMLQuant.Abstractions;

/// <summary>Requires a number above zero, which an inclusive range cannot express.</summary>
/// <param name="unit">What it is a number of, with the values that make sense, e.g. <c>a ratio in dB, such as 30</c>.</param>
internal sealed class ValidatePositiveAttribute(string unit) : ValidateArgumentsAttribute
{
    /// <summary>Largest number.</summary>
    public double Maximum { get; init; } = double.MaxValue;

    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        double number = Convert.ToDouble(arguments, CultureInfo.InvariantCulture);
        if (!(number > 0 && number <= Maximum))
        {
            string most = Maximum < double.MaxValue ? string.Format(CultureInfo.InvariantCulture, " and at most {0}", Maximum) : string.Empty;
            throw new ValidationMetadataException(string.Format(CultureInfo.InvariantCulture, "It is {0}, and must be more than 0{1}. Specify {2}.", number, most, unit));
        }
    }
}
