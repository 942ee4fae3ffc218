/** The texts of alarms in German. */
import type { AlarmTexts } from './alarm-definitions.ts';

export const germanAlarmTexts: AlarmTexts = {
  GATE_NOT_CONFIRMED: {
    title: 'Ausschleusung nicht bestätigt',
    cause:
      'Ein auszuschleusendes Teil wurde kommandiert, aber die Maschine hat nicht im Zeitfenster bestätigt: Auswerfer, Druckluft oder Ventil, oder der Abwurfsensor.',
    consequence: 'Ein fehlerhaftes Teil kann die Linie verlassen haben.',
    action:
      'Teile seit der angezeigten Zeit sperren, Auswerfer und Abwurfsensor prüfen, dann quittieren. Der Alarm geht mit der nächsten bestätigten Ausschleusung.',
  },
  GATE_UNEXPECTED_EJECTION: {
    title: 'Teil ohne Befehl ausgeschleust',
    cause:
      'Die Maschine hat eine Ausschleusung gemeldet, die niemand befohlen hat: Weiche von Hand oder von selbst bewegt, oder Sensor falsch.',
    consequence: 'Gute Teile können verloren gehen, und die Ausschusszahlen sind zu hoch.',
    action: 'Weiche und Sensor prüfen. Teile im Ausschussbehälter ansehen.',
  },
  LATE_VERDICTS: {
    title: 'Urteile kommen zu spät',
    cause:
      'Das Urteil kam nach der Frist des Teils: Der Knoten ist überlastet, oder die Linie läuft schneller als geplant.',
    consequence:
      'Späte Teile wurden behandelt, wie es die Rezeptur sagt: ausgeschleust, oder durchgelassen und vermerkt.',
    action:
      'Linie langsamer fahren oder Auslastung des Edge-Knotens ansehen. Bei Wiederholung den ML-Ingenieur informieren.',
  },
  NODE_UNREACHABLE: {
    title: 'Edge-Knoten antwortet nicht',
    cause: 'Der Server hört nichts vom Knoten: Er ist aus, oder das Netz dazwischen ist gestört.',
    consequence: 'Die Bildschirme zeigen nicht, was seine Kameras sehen. Läuft der Knoten, prüft er allein weiter.',
    action: 'Strom und Netz des Knotens prüfen. Ergebnisse kommen später aus seinem Puffer.',
  },
  MACHINE_CONNECTION_LOST: {
    title: 'Verbindung zur Maschine verloren',
    cause:
      'Der Edge-Knoten hat keine OPC-UA-Sitzung mit der Maschine: Steuerung aus, neu gestartet, oder sie lehnt das Zertifikat ab.',
    consequence: 'Zustand, Rezeptur und Geschwindigkeit sind unbekannt, und die Weiche kann nicht angesteuert werden.',
    action: 'Steuerung und Kabel prüfen. Nennt die Meldung ein Zertifikat, den Automatisierer rufen.',
  },
  OUTBOX_FILLING: {
    title: 'Puffer des Knotens füllt sich',
    cause:
      'Ergebnisse oder Bilder warten auf dem Knoten: Der Server ist lange nicht erreichbar, oder das Netz ist zu langsam.',
    consequence: 'Ist er voll, werden zuerst Bilder und zuletzt Ergebnisse aufgegeben.',
    action: 'Netz zum Server wiederherstellen. Noch ist nichts verloren.',
  },
  DEAD_LETTERS: {
    title: 'Ergebnisse wurden abgelehnt',
    cause: 'Der Server hat Ergebnisse oder Bilder des Knotens wegen ihres Inhalts abgelehnt.',
    consequence: 'Sie fehlen in Zählungen und Qualitätsberichten, bis sie erneut gesendet werden.',
    action: 'Gründe auf dem Flottenbildschirm ansehen, Einrichtung berichtigen, dann erneut senden lassen.',
  },
  REJECT_RATE_OUT_OF_LIMITS: {
    title: 'Ausschussrate über der Grenze',
    cause: 'Es werden mehr Teile ausgeschleust, als die eigene Vorgeschichte der Linie mit diesem Produkt erklärt.',
    consequence: 'Entweder macht der Prozess mehr Fehler, oder die Prüfung sieht Fehler, die keine sind.',
    action:
      'Letzte Ausschussteile ansehen: Sind sie fehlerhaft, den Prozess prüfen; sonst Licht, Objektiv und Lage prüfen und sie als falsch melden.',
  },
  IMAGE_STATISTICS_OUT_OF_BAND: {
    title: 'Bilder weichen von der Rezeptur ab',
    cause:
      'Helligkeit, Kontrast, Farbe oder Schärfe liegt außerhalb des Bandes der Rezeptur: Lampe, Objektiv, Staub oder anderes Material.',
    consequence: 'Das Modell sieht, was ihm nicht beigebracht wurde; seine Urteile sind weniger verlässlich.',
    action:
      'Objektiv reinigen, Lampe und Schärfe prüfen. Hat sich das Material geändert, die Qualitätssicherung informieren.',
  },
  GATE_DISABLED: {
    title: 'Weiche ist abgeschaltet',
    cause: 'Die Weiche wurde an der Maschine gesperrt.',
    consequence: 'Fehlerhafte Teile werden nicht ausgeschleust.',
    action: 'Weiche einschalten, oder die Produktion dieser Zeit sperren.',
  },
  TRACKING_LOST: {
    title: 'Teileverfolgung verloren',
    cause:
      'Das Signal von Drehgeber oder Trigger passt nicht zu den Teilen: gerutscht, stehen geblieben oder von schlechter Qualität.',
    consequence:
      'Bis die Verfolgung wieder gefunden ist, behandelt die Weiche Teile, wie es die Rezeptur sagt, und kann gute ausschleusen.',
    action: 'Drehgeber und Triggersensor prüfen. Eventuell muss die Linie leer gefahren werden.',
  },
  CLOCK_STEPPED: {
    title: 'Eine Uhr wurde verstellt',
    cause:
      'Die Uhr des Edge-Knotens oder einer Maschine wurde mehr verstellt als erlaubt: durch den Zeitdienst oder von Hand. Der Alarm sagt, wessen.',
    consequence: 'Die Zeiten der Ergebnisse um den Sprung sind unsicher.',
    action: 'Zeitdienst des Knotens oder der Maschine prüfen.',
  },
  PARTS_UNSEEN: {
    title: 'Teile ohne Bild durchgelaufen',
    cause:
      'Es wurden Teile ausgelöst, zu denen kein Bild kam: Kamera, Kabel oder Licht gestört, oder der Knoten wurde neu gestartet.',
    consequence: 'Diese Teile wurden nicht geprüft; die Rezeptur sagt, ob sie ausgeschleust wurden.',
    action: 'Kamera prüfen. Teile der angezeigten Zeit sperren, wenn sie nicht ausgeschleust wurden.',
  },
  REJECT_UNTIED: {
    title: 'Ausschuss-Bild ohne Teil',
    cause:
      'Das Modell hat ein Bild als Ausschuss beurteilt, das zu spät kam oder dessen Zeit zu keinem Trigger passt: Kamera oder Netz waren langsam, oder der Trigger fehlt.',
    consequence:
      'Das fehlerhafte Teil wurde auf dieses Urteil hin nicht ausgeschleust und kann die Linie verlassen haben.',
    action:
      'Teile um die angezeigte Zeit sperren. Kamera, Netz und Trigger prüfen; der Bericht des Probelaufs nennt die passenden Fenster.',
  },
  COUNTER_RESTARTED: {
    title: 'Ein Zähler der Maschine begann neu',
    cause:
      'Der Zähler ging weiter zurück als eine Berichtigung oder sprang: Die Steuerung wurde neu gestartet, oder jemand hat ihn gesetzt.',
    consequence: 'Wie viele Teile dazwischen kamen, ist nicht sicher; sie wurden nicht geprüft.',
    action: 'Zahlen des Auftrags mit der Maschine vergleichen. Teile um die angezeigte Zeit sperren.',
  },
  GATE_PROBLEM: {
    title: 'Weiche meldet eine Störung',
    cause: 'Die Weiche kann nicht arbeiten, wie sie eingerichtet ist; die Worte ihres Edge-Knotens stehen beim Alarm.',
    consequence: 'Fehlerhafte Teile können durchlaufen, oder die Weiche läuft nur zur Probe.',
    action: 'Der Meldung folgen. Produktion dieser Zeit sperren.',
  },
  CAMERA_PROBLEM: {
    title: 'Kamera meldet eine Störung',
    cause:
      'Kamera, Einrichtung oder Modell verhindern, dass Bilder beurteilt werden; die Worte des Edge-Knotens stehen beim Alarm.',
    consequence: 'Teile vor dieser Kamera werden nicht geprüft; die Rezeptur sagt, was mit ihnen geschieht.',
    action: 'Der Meldung folgen: Kamera, Kabel, Licht und das zugewiesene Modell ansehen.',
  },
  MACHINE_PROBLEM: {
    title: 'Maschine liefert ihre Signale nicht',
    cause:
      'Die Maschine ist verbunden, aber zugeordnete Signale fehlen, sind schlecht oder kommen zu langsam; die Meldung nennt sie.',
    consequence: 'Den Ergebnissen fehlt der Zusammenhang, und was von den Signalen abhängt, arbeitet nicht.',
    action: 'Den Automatisierer mit den Namen aus der Meldung rufen.',
  },
  NODE_PROBLEM: {
    title: 'Edge-Knoten meldet eine Störung',
    cause: 'Der Knoten sagt selbst, dass ihn etwas an der Arbeit hindert; seine Worte stehen beim Alarm.',
    consequence: 'Ein Teil der Prüfung steht möglicherweise still.',
    action: 'Der Meldung folgen.',
  },
};
