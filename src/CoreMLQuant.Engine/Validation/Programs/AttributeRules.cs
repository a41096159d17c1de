using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for attributes of programs, which tell how a program was made and are not looked at when it is loaded.</summary>
internal static class AttributeRules
{
    /// <summary>Checks attributes.</summary>
    public static void Check(IEnumerable<KeyValuePair<string, Value>> attributes, string location, FindingList findings)
    {
        foreach (KeyValuePair<string, Value> attribute in attributes)
        {
            if (attribute.Key.Length == 0)
            {
                findings.Add(ValidationRule.IncompleteEntry, location, "an attribute has no name.");
            }

            DictionaryValue? dictionary = attribute.Value.ImmediateValue?.Dictionary;
            if (dictionary is not null && dictionary.Values.Any(pair => pair.Key is null || pair.Value is null))
            {
                findings.Add(ValidationRule.IncompleteDictionary, location, "an entry of a dictionary has no key or no value.");
            }
        }
    }
}
